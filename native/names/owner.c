/* The supervisor, which tells what names there are: see order.h. */
#include "../clock.h"
#include "../descriptors.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Of the queries for names without an address in this time, one has the owner look for what has just started or was removed. */
#define FRESH_MS 25u
#define SIZE_FIELD sizeof (uint32_t)

static void owner_ready (tc_source *source, uint32_t events);
static bool take_descriptors (tc_owner *owner, const int *fds, size_t count);
static void follow_all (tc_owner *owner);
static int follow (tc_owner *owner, tc_span data);
static int follow_order (tc_owner *owner, tc_order *order);
static int add_client (tc_owner *owner, const tc_order *order);
static int add_sockets (tc_owner *owner, const tc_order *order);
static void serve (tc_server *server);
static void reset (tc_server *server);
static void mark_synced (tc_owner *owner, uint32_t serial);
static bool report (const tc_owner *owner, const uint32_t *fields, size_t count);

int
tc_owner_open (tc_server *server, int fd)
{
  server->owner = (tc_owner){ .source = { .fd = fd, .ready = owner_ready }, .server = server };
  return tc_loop_watch (&server->loop, &server->owner.source, EPOLLIN);
}

static void
owner_ready (tc_source *source, uint32_t events)
{
  static uint8_t data[1u << 16];
  tc_owner *owner = (tc_owner *) source;
  int fds[TC_MAX_DESCRIPTORS];
  size_t count;
  ssize_t size = tc_receive_descriptors (source->fd, data, sizeof (data), fds, &count);

  (void) events;
  if (size == 0 || (size < 0 && errno != EAGAIN))
    owner->has_ended = true;
  if (size <= 0)
    return;
  tc_put_raw (&owner->received, data, (size_t) size);
  if (!take_descriptors (owner, fds, count) || owner->received.failed)
    owner->is_wrong = true;
  else
    follow_all (owner);
}

static bool
take_descriptors (tc_owner *owner, const int *fds, size_t count)
{
  int *grown = count == 0 ? NULL : realloc (owner->fds, (owner->fd_count + count) * sizeof (*grown));

  if (count == 0)
    return true;
  if (grown == NULL)
    return false;
  owner->fds = grown;
  memcpy (owner->fds + owner->fd_count, fds, count * sizeof (*fds));
  owner->fd_count += count;
  return true;
}

static void
follow_all (tc_owner *owner)
{
  tc_buffer *received = &owner->received;
  size_t at = 0;

  while (!owner->is_wrong && received->size - at >= SIZE_FIELD)
    {
      uint32_t size;

      memcpy (&size, received->data + at, sizeof (size));
      if (size > TC_ORDER_LIMIT)
        owner->is_wrong = true;
      if (owner->is_wrong || received->size - at - SIZE_FIELD < size)
        break;
      if (follow (owner, (tc_span){ received->data + at + SIZE_FIELD, size }) < 0)
        owner->is_wrong = true;
      at += SIZE_FIELD + size;
    }
  if (at == received->size)
    tc_buffer_free (received);
  else
    {
      memmove (received->data, received->data + at, received->size - at);
      received->size -= at;
    }
}

static int
follow (tc_owner *owner, tc_span data)
{
  tc_order order;
  int result = tc_order_read (data, &order);

  if (result == 0)
    result = follow_order (owner, &order);
  tc_upstreams_release (order.upstreams);
  return result;
}

static int
follow_order (tc_owner *owner, tc_order *order)
{
  tc_server *server = owner->server;
  int result = tc_order_change (order, &server->table);

  if (result <= 0)
    return result;
  if (order->kind == TC_ORDER_CLIENT)
    return add_client (owner, order);
  if (order->kind == TC_ORDER_VIEW)
    return tc_client_change (server, order);
  if (order->kind == TC_ORDER_SOCKETS)
    return add_sockets (owner, order);
  if (order->kind == TC_ORDER_SERVE)
    serve (server);
  else if (order->kind == TC_ORDER_RESET)
    reset (server);
  else if (order->kind == TC_ORDER_SYNCED)
    mark_synced (owner, order->id);
  else if (order->kind == TC_ORDER_REST || order->kind == TC_ORDER_WAKE)
    owner->rests = order->kind == TC_ORDER_REST;
  else if (order->kind == TC_ORDER_FORGET_CLIENT)
    tc_client_remove (server, order->id);
  else if (order->kind == TC_ORDER_UPSTREAMS)
    {
      tc_upstreams_release (server->upstreams);
      server->upstreams = tc_upstreams_reference (order->upstreams);
    }
  return 0;
}

static int
add_client (tc_owner *owner, const tc_order *order)
{
  int udp, tcp;

  if (owner->fd_count < 2)
    return -EPROTO;
  udp = owner->fds[0];
  tcp = owner->fds[1];
  owner->fd_count -= 2;
  memmove (owner->fds, owner->fds + 2, owner->fd_count * sizeof (*owner->fds));
  return tc_client_add (owner->server, order, udp, tcp);
}

/* All descriptors that are here came with the order: one that has some is sent by itself. */
static int
add_sockets (tc_owner *owner, const tc_order *order)
{
  tc_client *client = tc_client_find (owner->server, order->id);
  size_t count = owner->fd_count;

  owner->fd_count = 0;
  for (size_t index = 0; index < count; index++)
    (void) fcntl (owner->fds[index], F_SETFL, fcntl (owner->fds[index], F_GETFL) | O_NONBLOCK);
  if (client != NULL)
    {
      tc_forward_supply (client, order->family, order->socket_type, owner->fds, count);
      return 0;
    }
  for (size_t index = 0; index < count; index++)
    (void) close (owner->fds[index]);
  return 0;
}

static void
serve (tc_server *server)
{
  if (server->serves)
    return;
  server->serves = true;
  for (tc_client *client = server->first; client != NULL; client = client->next)
    if (!client->is_retired)
      tc_client_serve (client);
}

/* What waits for the owner is answered by what was known: the next one does not know that it was asked. */
static void
reset (tc_server *server)
{
  tc_owner *owner = &server->owner;

  tc_query_resume (server);
  tc_client_retire_all (server);
  tc_table_clear (&server->table);
  tc_upstreams_release (server->upstreams);
  server->upstreams = NULL;
  server->serves = false;
  owner->asked_at = 0;
  owner->is_asked = false;
  owner->is_late = false;
  owner->rests = false;
}

static void
mark_synced (tc_owner *owner, uint32_t serial)
{
  if (!owner->is_asked || serial != owner->serial)
    return;
  owner->is_asked = false;
  owner->is_late = false;
  tc_query_resume (owner->server);
}

bool
tc_owner_knows_more (tc_server *server)
{
  tc_owner *owner = &server->owner;
  uint32_t fields[] = { TC_REPORT_SYNC, owner->serial + 1 };

  if (owner->rests)
    return false;
  if (owner->is_asked || owner->is_late)
    return !owner->is_late;
  if (owner->asked_at != 0 && tc_monotonic_ms () - owner->asked_at < FRESH_MS)
    return false;
  if (!report (owner, fields, sizeof (fields) / sizeof (fields[0])))
    return false;
  owner->serial++;
  owner->asked_at = tc_monotonic_ms ();
  owner->is_asked = true;
  return true;
}

void
tc_owner_expire (tc_server *server)
{
  server->owner.is_late = true;
  tc_query_resume (server);
}

bool
tc_owner_want_sockets (const tc_client *client, int family, int type)
{
  uint32_t fields[] = { TC_REPORT_SOCKETS, client->id, (uint32_t) family, (uint32_t) type };

  return report (&client->server->owner, fields, sizeof (fields) / sizeof (fields[0]));
}

/* An owner that does not read is not told. */
static bool
report (const tc_owner *owner, const uint32_t *fields, size_t count)
{
  uint32_t message[8] = { (uint32_t) (count * sizeof (*fields)) };

  memcpy (message + 1, fields, count * sizeof (*fields));
  return send (owner->source.fd, message, SIZE_FIELD + count * sizeof (*fields), MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}
