/* Queries over UDP: as many as wait are taken by one call, and answered by one. */
#include "server.h"

#include <errno.h>
#include <string.h>

/* Before others have their turn. */
#define DATAGRAMS_A_TURN 16u

typedef struct
{
  struct mmsghdr headers[DATAGRAMS_A_TURN];
  struct iovec vectors[DATAGRAMS_A_TURN];
} tc_batch;

static struct sockaddr_in peers[DATAGRAMS_A_TURN];
static uint8_t queries[DATAGRAMS_A_TURN][TC_DNS_QUERY];
static uint8_t replies[DATAGRAMS_A_TURN][TC_DNS_UDP];

static int receive (int fd, tc_batch *batch);
static size_t answer (tc_client *client, const struct mmsghdr *header, unsigned index, uint8_t *reply);
static void send_all (int fd, tc_batch *batch, unsigned count);

void
tc_datagrams_ready (tc_source *source, uint32_t events)
{
  tc_client *client = ((tc_client_socket *) source)->client;
  tc_batch batch;
  int received = client->is_retired ? 0 : receive (source->fd, &batch);
  unsigned sent = 0;

  (void) events;
  for (int index = 0; index < received; index++)
    {
      size_t size = answer (client, &batch.headers[index], (unsigned) index, replies[sent]);

      if (size == 0)
        continue;
      batch.vectors[sent] = (struct iovec){ .iov_base = replies[sent], .iov_len = size };
      batch.headers[sent].msg_hdr
          = (struct msghdr){ .msg_name = &peers[index],
                             .msg_namelen = sizeof (peers[index]),
                             .msg_iov = &batch.vectors[sent],
                             .msg_iovlen = 1 };
      sent++;
    }
  send_all (source->fd, &batch, sent);
}

/* Returns how many have come, or a negative number. */
static int
receive (int fd, tc_batch *batch)
{
  for (unsigned index = 0; index < DATAGRAMS_A_TURN; index++)
    {
      batch->vectors[index] = (struct iovec){ .iov_base = queries[index], .iov_len = sizeof (queries[index]) };
      batch->headers[index].msg_hdr = (struct msghdr){ .msg_name = &peers[index],
                                                       .msg_namelen = sizeof (peers[index]),
                                                       .msg_iov = &batch->vectors[index],
                                                       .msg_iovlen = 1 };
    }
  return recvmmsg (fd, batch->headers, DATAGRAMS_A_TURN, MSG_DONTWAIT, NULL);
}

/* A query is longer than any real one if it is cut. */
static size_t
answer (tc_client *client, const struct mmsghdr *header, unsigned index, uint8_t *reply)
{
  tc_span packet = { queries[index], header->msg_len };
  tc_asker asker = { .connection = NULL, .peer = peers[index] };

  if ((header->msg_hdr.msg_flags & MSG_TRUNC) != 0)
    return tc_failure_write (packet.data, packet.size, TC_CODE_FORMERR, reply);
  return tc_query_take (client, packet, &asker, reply);
}

/* What cannot be sent now is lost, as datagrams may be; what is behind it is not. */
static void
send_all (int fd, tc_batch *batch, unsigned count)
{
  unsigned done = 0;

  while (done < count)
    {
      int sent = sendmmsg (fd, batch->headers + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (sent < 0 && errno == EINTR)
        continue;
      done += sent <= 0 ? 1u : (unsigned) sent;
    }
}

void
tc_datagram_send (const tc_client *client, const struct sockaddr_in *peer, const uint8_t *reply, size_t size)
{
  (void) sendto (client->udp.source.fd, reply, size, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *) peer,
                 sizeof (*peer));
}
