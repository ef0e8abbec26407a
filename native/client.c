/* Runs as the keeper's user. A peer is trusted only after SO_PEERCRED showed the same user, and even then
   neither to read its replies nor to send well-formed messages: nothing here blocks on it, and what is
   kept for it is bounded. */
#include "client.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PAUSE_READING_ABOVE (1u << 20)
#define DISCONNECT_ABOVE (4u << 20)
#define READ_SIZE 65536u

struct tc_outgoing
{
  tc_outgoing *next;
  size_t size, sent;
  int fds[TC_MAX_DESCRIPTORS];
  size_t fd_count;
  uint8_t data[];
};

static void accept_all (tc_source *source, uint32_t events);
static void accept_one (tc_clients *clients, int fd);
static bool is_trusted (int fd);
static void client_ready (tc_source *source, uint32_t events);
static bool receive (tc_client *client);
static void handle_input (tc_client *client);
static void enqueue (tc_client *client, const tc_header *header, const tc_buffer *payload,
                     const int *fds, size_t count);
static void flush (tc_client *client);
static void drop_outgoing (tc_client *client);
static void close_client (tc_client *client);

int
tc_clients_listen (tc_clients *clients, tc_loop *loop, int listener)
{
  clients->loop = loop;
  clients->listener.fd = listener;
  clients->listener.ready = accept_all;
  return tc_loop_watch (loop, &clients->listener, EPOLLIN);
}

static void
accept_all (tc_source *source, uint32_t events)
{
  int fd;

  (void) events;
  while ((fd = accept4 (source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
    accept_one ((tc_clients *) source, fd);
}

static void
accept_one (tc_clients *clients, int accepted)
{
  tc_auto_fd fd = accepted;
  tc_client *client;

  if (!is_trusted (fd))
    return;
  client = calloc (1, sizeof (*client));
  if (client == NULL)
    return;
  client->source.fd = fd;
  client->source.ready = client_ready;
  client->clients = clients;
  if (tc_loop_watch (clients->loop, &client->source, EPOLLIN) < 0)
    {
      free (client);
      return;
    }
  (void) tc_steal_fd (&fd);
  client->next = clients->first;
  clients->first = client;
  clients->had_client = true;
}

static bool
is_trusted (int fd)
{
  struct ucred peer;
  socklen_t size = sizeof (peer);

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
         && (peer.uid == geteuid () || peer.uid == 0);
}

static void
client_ready (tc_source *source, uint32_t events)
{
  tc_client *client = (tc_client *) source;

  if ((events & EPOLLOUT) != 0)
    flush (client);
  if (client->source.fd < 0 || (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
    return;
  if (client->queued > PAUSE_READING_ABOVE && (events & (EPOLLHUP | EPOLLERR)) == 0)
    return;
  if (!receive (client))
    {
      close_client (client);
      return;
    }
  handle_input (client);
}

/* Reads once. Returns false when the connection has ended or misbehaves. */
static bool
receive (tc_client *client)
{
  int fds[TC_MAX_DESCRIPTORS];
  size_t count = 0;
  ssize_t received;

  if (client->input_capacity - client->input_size < READ_SIZE)
    {
      size_t capacity = client->input_capacity * 2 + READ_SIZE;
      uint8_t *input = realloc (client->input, capacity);

      if (input == NULL)
        return false;
      client->input = input;
      client->input_capacity = capacity;
    }
  received = tc_receive_descriptors (client->source.fd, client->input + client->input_size,
                                     client->input_capacity - client->input_size, fds, &count);
  for (size_t index = 0; index < count; index++)
    if (client->descriptor_count < TC_CLIENT_DESCRIPTORS)
      client->descriptors[client->descriptor_count++] = fds[index];
    else
      (void) close (fds[index]);
  if (received < 0)
    return errno == EAGAIN;
  client->input_size += (size_t) received;
  return received > 0;
}

static void
handle_input (tc_client *client)
{
  const tc_clients *clients = client->clients;
  size_t at = 0;

  while (client->source.fd >= 0 && client->input_size - at >= TC_HEADER_SIZE)
    {
      tc_header header;
      tc_request request;

      memcpy (&header, client->input + at, sizeof (header));
      if (header.length > TC_MAX_PAYLOAD)
        {
          close_client (client);
          return;
        }
      if (client->input_size - at - TC_HEADER_SIZE < header.length)
        break;
      request = (tc_request){ client, header.type, header.id,
                              { client->input + at + TC_HEADER_SIZE, header.length } };
      clients->on_request (clients->owner, &request);
      at += TC_HEADER_SIZE + header.length;
    }
  if (client->source.fd < 0 || at == 0)
    return;
  client->input_size -= at;
  memmove (client->input, client->input + at, client->input_size);
}

int
tc_client_take (tc_client *client, int *fds, size_t count)
{
  if (client->descriptor_count < count)
    return -EBADF;
  memcpy (fds, client->descriptors, count * sizeof (int));
  client->descriptor_count -= count;
  memmove (client->descriptors, client->descriptors + count, client->descriptor_count * sizeof (int));
  return 0;
}

void
tc_client_reply (tc_client *client, uint64_t id, const tc_buffer *payload)
{
  const tc_header header = { .id = id };

  tc_client_reply_with (client, &header, payload, NULL, 0);
}

void
tc_client_reply_failure (tc_client *client, uint64_t id, const tc_error *error)
{
  const tc_header header = { .id = id, .flags = TC_REPLY_FAILED };
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer what = { 0 };

  tc_put_raw (&what, error->what, strlen (error->what));
  if (error->path[0] != '\0')
    tc_put_u8 (&what, ' ');
  tc_put_raw (&what, error->path, strlen (error->path) + 1);
  tc_put_u32 (&payload, (uint32_t) error->err);
  tc_put_u32 (&payload, (uint32_t) error->index);
  tc_put_text (&payload, what.failed ? "" : (const char *) what.data);
  tc_client_reply_with (client, &header, &payload, NULL, 0);
}

void
tc_clients_announce (tc_clients *clients, tc_message_type type, const tc_buffer *payload)
{
  const tc_header header = { .type = (uint16_t) type };
  tc_client *next;

  for (tc_client *client = clients->first; client != NULL; client = next)
    {
      next = client->next;
      if (client->is_subscribed)
        tc_client_reply_with (client, &header, payload, NULL, 0);
    }
}

void
tc_client_reply_with (tc_client *client, const tc_header *header, const tc_buffer *payload,
                      const int *fds, size_t count)
{
  if (client->source.fd >= 0 && !payload->failed && client->queued <= DISCONNECT_ABOVE)
    {
      enqueue (client, header, payload, fds, count);
      return;
    }
  for (size_t index = 0; index < count; index++)
    (void) close (fds[index]);
  close_client (client);
}

static void
enqueue (tc_client *client, const tc_header *header, const tc_buffer *payload, const int *fds,
         size_t count)
{
  tc_header sized = *header;
  tc_outgoing *outgoing = malloc (sizeof (*outgoing) + TC_HEADER_SIZE + payload->size);

  if (outgoing == NULL)
    {
      for (size_t index = 0; index < count; index++)
        (void) close (fds[index]);
      close_client (client);
      return;
    }
  sized.length = (uint32_t) payload->size;
  outgoing->next = NULL;
  outgoing->size = TC_HEADER_SIZE + payload->size;
  outgoing->sent = 0;
  outgoing->fd_count = count;
  if (count > 0)
    memcpy (outgoing->fds, fds, count * sizeof (int));
  memcpy (outgoing->data, &sized, TC_HEADER_SIZE);
  if (payload->size > 0)
    memcpy (outgoing->data + TC_HEADER_SIZE, payload->data, payload->size);
  if (client->last == NULL)
    client->first = outgoing;
  else
    client->last->next = outgoing;
  client->last = outgoing;
  client->queued += outgoing->size;
  flush (client);
}

/* Sends what the socket takes; the rest waits for EPOLLOUT. */
static void
flush (tc_client *client)
{
  while (client->first != NULL)
    {
      tc_outgoing *outgoing = client->first;
      ssize_t sent
          = tc_send_descriptors (client->source.fd, outgoing->data + outgoing->sent,
                                 outgoing->size - outgoing->sent, outgoing->fds, outgoing->fd_count);

      if (sent < 0 && errno == EAGAIN)
        break;
      if (sent < 0)
        {
          close_client (client);
          return;
        }
      while (outgoing->fd_count > 0)
        (void) close (outgoing->fds[--outgoing->fd_count]);
      outgoing->sent += (size_t) sent;
      if (outgoing->sent < outgoing->size)
        break;
      drop_outgoing (client);
    }
  tc_loop_change (client->clients->loop, &client->source,
                  (client->queued <= PAUSE_READING_ABOVE ? EPOLLIN : 0u)
                      | (client->first != NULL ? EPOLLOUT : 0u));
}

static void
drop_outgoing (tc_client *client)
{
  tc_outgoing *outgoing = client->first;

  client->first = outgoing->next;
  if (client->first == NULL)
    client->last = NULL;
  client->queued -= outgoing->size;
  while (outgoing->fd_count > 0)
    (void) close (outgoing->fds[--outgoing->fd_count]);
  free (outgoing);
}

static void
close_client (tc_client *client)
{
  tc_clients *clients = client->clients;

  if (client->source.fd < 0)
    return;
  tc_loop_close (clients->loop, &client->source);
  for (tc_client **link = &clients->first; *link != NULL; link = &(*link)->next)
    if (*link == client)
      {
        *link = client->next;
        break;
      }
  clients->on_close (clients->owner, client);
  while (client->first != NULL)
    drop_outgoing (client);
  while (client->descriptor_count > 0)
    (void) close (client->descriptors[--client->descriptor_count]);
  client->input_size = 0;
  /* The current request may point into it. */
  tc_loop_free_later (clients->loop, client->input);
  tc_loop_free_later (clients->loop, client);
}
