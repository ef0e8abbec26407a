/* Datagrams are passed on and never looked at. Who sends them may claim any address, so what is kept for each is little,
   and how many are known is limited. */
#include "datagrams.h"

#include "../cleanup.h"
#include "../clock.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* As docker-proxy. */
#define IDLE_MS 90000u
#define MOST_CLIENTS 1024u
#define BUCKETS 1024u
/* So that one socket does not keep others waiting. */
#define DATAGRAMS_A_TURN 64
#define LARGEST_DATAGRAM 65535u

typedef union
{
  struct cmsghdr header;
  uint8_t space[CMSG_SPACE (sizeof (struct in6_pktinfo))];
} tc_packet_info;

/* What one client sends, and gets back. */
typedef struct tc_flow tc_flow;

struct tc_flow
{
  tc_source source; /* connected to the target */
  tc_datagrams *datagrams;
  tc_flow *next; /* in its bucket */
  tc_endpoint client;
  tc_packet_info info; /* the address that the client sends to, which answers come from */
  size_t info_size;
  uint64_t used_at;
};

struct tc_datagrams
{
  tc_source source;
  tc_loop *loop;
  tc_endpoint target;
  tc_flow *buckets[BUCKETS];
  size_t count;
};

static uint8_t buffer[LARGEST_DATAGRAM];

static void ask_for_addresses (int fd);
static void take_datagrams (tc_source *source, uint32_t events);
static tc_flow *flow_of (tc_datagrams *datagrams, const tc_endpoint *client);
static tc_flow **bucket_of (tc_datagrams *datagrams, const tc_endpoint *client);
static bool is_same (const tc_endpoint *one, const tc_endpoint *other);
static tc_flow *open_flow (tc_datagrams *datagrams, const tc_endpoint *client);
static void keep_address (tc_flow *flow, const struct msghdr *message);
static void answer (tc_source *source, uint32_t events);
static void send_answer (const tc_flow *flow, size_t size);
static void close_flow (tc_flow **link);

tc_datagrams *
tc_datagrams_open (tc_loop *loop, int fd, const tc_endpoint *target)
{
  tc_datagrams *datagrams = calloc (1, sizeof (*datagrams));

  if (datagrams == NULL)
    return NULL;
  ask_for_addresses (fd);
  datagrams->source = (tc_source){ .fd = fd, .ready = take_datagrams };
  datagrams->loop = loop;
  datagrams->target = *target;
  if (tc_loop_watch (loop, &datagrams->source, EPOLLIN) == 0)
    return datagrams;
  free (datagrams);
  return NULL;
}

/* A socket of the other family refuses the option. */
static void
ask_for_addresses (int fd)
{
  const int on = 1;

  (void) setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof (on));
  (void) setsockopt (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof (on));
}

void
tc_datagrams_close (tc_datagrams *datagrams)
{
  for (size_t index = 0; index < BUCKETS; index++)
    while (datagrams->buckets[index] != NULL)
      close_flow (&datagrams->buckets[index]);
  tc_loop_close (datagrams->loop, &datagrams->source);
  tc_loop_free_later (datagrams->loop, datagrams);
}

bool
tc_datagrams_has_clients (const tc_datagrams *datagrams)
{
  return datagrams->count > 0;
}

void
tc_datagrams_forget_idle (tc_datagrams *datagrams, uint64_t now)
{
  for (size_t index = 0; index < BUCKETS; index++)
    for (tc_flow **link = &datagrams->buckets[index]; *link != NULL;)
      if (now - (*link)->used_at >= IDLE_MS)
        close_flow (link);
      else
        link = &(*link)->next;
}

static void
take_datagrams (tc_source *source, uint32_t events)
{
  tc_datagrams *datagrams = (tc_datagrams *) source;

  (void) events;
  for (int count = 0; count < DATAGRAMS_A_TURN; count++)
    {
      tc_endpoint client = { 0 };
      tc_packet_info info;
      struct iovec vector = { .iov_base = buffer, .iov_len = sizeof (buffer) };
      struct msghdr message = { .msg_name = &client,
                                .msg_namelen = sizeof (client),
                                .msg_iov = &vector,
                                .msg_iovlen = 1,
                                .msg_control = &info,
                                .msg_controllen = sizeof (info) };
      ssize_t size = recvmsg (source->fd, &message, 0);
      tc_flow *flow = size < 0 ? NULL : flow_of (datagrams, &client);

      if (size < 0 && errno != EINTR)
        return;
      if (flow == NULL)
        continue;
      flow->used_at = tc_monotonic_ms ();
      keep_address (flow, &message);
      /* What is refused or does not fit is lost, as datagrams may be. */
      (void) send (flow->source.fd, buffer, (size_t) size, MSG_NOSIGNAL);
    }
}

/* Returns NULL if too many are known, or memory is short. */
static tc_flow *
flow_of (tc_datagrams *datagrams, const tc_endpoint *client)
{
  for (tc_flow *flow = *bucket_of (datagrams, client); flow != NULL; flow = flow->next)
    if (is_same (&flow->client, client))
      return flow;
  return datagrams->count < MOST_CLIENTS ? open_flow (datagrams, client) : NULL;
}

static tc_flow **
bucket_of (tc_datagrams *datagrams, const tc_endpoint *client)
{
  const uint8_t *bytes = (const uint8_t *) client;
  uint32_t hash = 2166136261u;

  /* FNV-1a. Bytes that an address does not use are zero. */
  for (size_t index = 0; index < sizeof (*client); index++)
    hash = (hash ^ bytes[index]) * 16777619u;
  return &datagrams->buckets[hash % BUCKETS];
}

static bool
is_same (const tc_endpoint *one, const tc_endpoint *other)
{
  return memcmp (one, other, sizeof (*one)) == 0;
}

static tc_flow *
open_flow (tc_datagrams *datagrams, const tc_endpoint *client)
{
  const tc_endpoint *target = &datagrams->target;
  tc_auto_fd fd = socket (target->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  tc_flow **bucket = bucket_of (datagrams, client);
  tc_flow *flow;

  if (fd < 0 || connect (fd, &target->any, tc_endpoint_size (target)) < 0)
    return NULL;
  flow = calloc (1, sizeof (*flow));
  if (flow == NULL)
    return NULL;
  flow->source = (tc_source){ .fd = fd, .ready = answer };
  flow->datagrams = datagrams;
  flow->client = *client;
  if (tc_loop_watch (datagrams->loop, &flow->source, EPOLLIN) < 0)
    {
      free (flow);
      return NULL;
    }
  (void) tc_steal_fd (&fd);
  flow->next = *bucket;
  *bucket = flow;
  datagrams->count++;
  return flow;
}

/* A socket that is bound to every address would answer from that of the route to the client. The interface is
   left to the route, but for addresses that are an interface's own. */
static void
keep_address (tc_flow *flow, const struct msghdr *message)
{
  struct cmsghdr *header = &flow->info.header;

  if (message->msg_controllen == 0 || message->msg_controllen > sizeof (flow->info))
    return;
  memcpy (&flow->info, message->msg_control, message->msg_controllen);
  flow->info_size = message->msg_controllen;
  if (header->cmsg_level == IPPROTO_IP)
    ((struct in_pktinfo *) (void *) CMSG_DATA (header))->ipi_ifindex = 0;
  else if (!IN6_IS_ADDR_LINKLOCAL (&flow->client.inet6.sin6_addr))
    ((struct in6_pktinfo *) (void *) CMSG_DATA (header))->ipi6_ifindex = 0;
}

/* An error, as of a port that nothing listens on, is that of one datagram. */
static void
answer (tc_source *source, uint32_t events)
{
  tc_flow *flow = (tc_flow *) source;

  (void) events;
  for (int count = 0; count < DATAGRAMS_A_TURN; count++)
    {
      ssize_t size = recv (source->fd, buffer, sizeof (buffer), 0);

      if (size < 0)
        return;
      flow->used_at = tc_monotonic_ms ();
      send_answer (flow, (size_t) size);
    }
}

static void
send_answer (const tc_flow *flow, size_t size)
{
  struct iovec vector = { .iov_base = buffer, .iov_len = size };
  tc_endpoint client = flow->client;
  tc_packet_info info = flow->info;
  struct msghdr message = { .msg_name = &client,
                            .msg_namelen = tc_endpoint_size (&client),
                            .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = flow->info_size == 0 ? NULL : &info,
                            .msg_controllen = flow->info_size };

  (void) sendmsg (flow->datagrams->source.fd, &message, MSG_NOSIGNAL);
}

static void
close_flow (tc_flow **link)
{
  tc_flow *flow = *link;

  *link = flow->next;
  flow->datagrams->count--;
  tc_loop_close (flow->datagrams->loop, &flow->source);
  tc_loop_free_later (flow->datagrams->loop, flow);
}
