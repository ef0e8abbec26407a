/* Queries are handed to upstream servers, one after the other until one has an answer, by the transport that the client used: a
   reply that is too long for UDP goes back marked as cut, and the client asks again over TCP.

   Each query has a socket of its own, so that a forged reply must guess its port as well as its id (RFC 5452), and the socket is
   connected, so that the kernel drops what comes from elsewhere and reports a closed port at once. */
#include "../clock.h"
#include "random.h"
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Over all attempts. A client of glibc waits five seconds and then asks again, so the last failure is reported before that. */
#define TOTAL_MS 4500u
#define LONGEST_REPLY 65535u
#define FRAME_HEADER 2u
/* Datagrams that wait in a socket that is given back. */
#define MOST_LEFT_OVER 64

static uint32_t attempts_of (const tc_upstreams *upstreams);
static void attempt (tc_query *query);
static int socket_type (const tc_query *query);
static const tc_endpoint *upstream_of (const tc_query *query);
static int take_socket (const tc_query *query, const tc_endpoint *upstream);
static void want_sockets (tc_client *client, int family, int type);
static bool ask (tc_query *query, int fd);
static bool begin (tc_query *query, int fd, const tc_endpoint *upstream);
static bool send_query (tc_query *query);
static bool send_framed (tc_query *query);
static void next_attempt (tc_query *query);
static void upstream_ready (tc_source *source, uint32_t events);
static bool take_datagram (tc_query *query);
static bool take_stream (tc_query *query);
static bool take_reply (tc_query *query, uint8_t *reply, size_t size);
static void keep_trouble (tc_query *query, const uint8_t *reply, size_t size);
static tc_pool *pool_of (tc_client *client, int family, int type);
static void give_back (tc_client *client, int family, int type, int fd);
static void disconnect (int fd);
static void give_to_pool (tc_client *client, int family, int type, const int *fds, size_t count);

void
tc_forward (tc_query *query)
{
  tc_client *client = query->client;
  tc_upstreams *upstreams = client->upstreams == NULL ? client->server->upstreams : client->upstreams;

  if (!client->forwards || upstreams == NULL || upstreams->count == 0)
    {
      tc_query_fail (query, TC_CODE_SERVFAIL);
      return;
    }
  query->upstreams = tc_upstreams_reference (upstreams);
  query->is_pooled = upstreams == client->upstreams;
  tc_query_set_due (query, tc_monotonic_ms () + TOTAL_MS / attempts_of (upstreams));
  attempt (query);
}

/* A single server is asked twice: UDP loses packets. */
static uint32_t
attempts_of (const tc_upstreams *upstreams)
{
  return upstreams->count == 1 ? 2 : upstreams->count;
}

/* Asks the upstream whose turn it is, or one after it. */
static void
attempt (tc_query *query)
{
  for (; query->attempt < attempts_of (query->upstreams); query->attempt++)
    {
      const tc_endpoint *upstream = upstream_of (query);
      int fd = take_socket (query, upstream);

      if (fd < 0 && query->is_pooled)
        {
          query->state = TC_QUERY_UNCONNECTED;
          want_sockets (query->client, upstream->any.sa_family, socket_type (query));
          return;
        }
      if (fd >= 0 && ask (query, fd))
        return;
    }
  if (query->trouble != NULL)
    tc_query_finish (query, query->trouble, query->trouble_size);
  else
    tc_query_fail (query, TC_CODE_SERVFAIL);
}

static int
socket_type (const tc_query *query)
{
  return query->asker.connection == NULL ? SOCK_DGRAM : SOCK_STREAM;
}

static const tc_endpoint *
upstream_of (const tc_query *query)
{
  return &query->upstreams->endpoints[query->attempt % query->upstreams->count];
}

/* Returns -1 if there is none. */
static int
take_socket (const tc_query *query, const tc_endpoint *upstream)
{
  int family = upstream->any.sa_family;
  tc_pool *pool = pool_of (query->client, family, socket_type (query));

  if (!query->is_pooled)
    return socket (family, socket_type (query) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return pool->count == 0 ? -1 : pool->fds[--pool->count];
}

static void
want_sockets (tc_client *client, int family, int type)
{
  tc_pool *pool = pool_of (client, family, type);

  if (!pool->is_asked)
    pool->is_asked = tc_owner_want_sockets (client, family, type);
}

/* Takes over the socket. Returns false if the upstream cannot be asked. */
static bool
ask (tc_query *query, int fd)
{
  tc_client *client = query->client;
  const tc_endpoint *upstream = upstream_of (query);

  if (begin (query, fd, upstream))
    return true;
  if (query->source.fd >= 0)
    tc_forward_leave (query);
  else
    give_back (client, query->is_pooled ? upstream->any.sa_family : AF_UNSPEC, socket_type (query), fd);
  return false;
}

static bool
begin (tc_query *query, int fd, const tc_endpoint *upstream)
{
  bool is_stream = socket_type (query) == SOCK_STREAM;

  query->source = (tc_source){ .fd = -1, .ready = upstream_ready };
  tc_dns_set_id (query->packet, (uint16_t) tc_random ());
  query->received.size = 0;
  if (connect (fd, &upstream->any, tc_endpoint_size (upstream)) < 0 && errno != EINPROGRESS)
    return false;
  query->source.fd = fd;
  if (tc_loop_watch (&query->client->server->loop, &query->source, is_stream ? EPOLLOUT : EPOLLIN) < 0)
    {
      query->source.fd = -1;
      return false;
    }
  query->state = is_stream ? TC_QUERY_CONNECTING : TC_QUERY_SENT;
  return is_stream || send_query (query);
}

static bool
send_query (tc_query *query)
{
  return send (query->source.fd, query->packet, query->size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t) query->size;
}

/* The buffer of a connection that has just been made takes a whole query. */
static bool
send_framed (tc_query *query)
{
  uint8_t header[FRAME_HEADER] = { (uint8_t) (query->size >> 8), (uint8_t) query->size };
  struct iovec parts[] = { { .iov_base = header, .iov_len = sizeof (header) },
                           { .iov_base = query->packet, .iov_len = query->size } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  ssize_t sent = sendmsg (query->source.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

  if (sent < 0 && errno == EAGAIN)
    return true;
  if (sent != (ssize_t) (FRAME_HEADER + query->size))
    return false;
  query->state = TC_QUERY_SENT;
  tc_loop_change (&query->client->server->loop, &query->source, EPOLLIN);
  return true;
}

static void
next_attempt (tc_query *query)
{
  tc_forward_leave (query);
  query->attempt++;
  tc_query_set_due (query, tc_monotonic_ms () + TOTAL_MS / attempts_of (query->upstreams));
  attempt (query);
}

void
tc_forward_expire (tc_query *query)
{
  next_attempt (query);
}

/* A query for which there is none still asks for more. Where the owner has none the queries wait until they are due. */
void
tc_forward_supply (tc_client *client, int family, int type, const int *fds, size_t count)
{
  pool_of (client, family, type)->is_asked = false;
  give_to_pool (client, family, type, fds, count);
  if (count == 0)
    return;
  for (tc_query *query = client->first_query, *next; query != NULL; query = next)
    {
      next = query->next;
      if (query->state == TC_QUERY_UNCONNECTED)
        attempt (query);
    }
}

static void
upstream_ready (tc_source *source, uint32_t events)
{
  tc_query *query = (tc_query *) source;
  bool is_sound;

  (void) events;
  if (query->state == TC_QUERY_CONNECTING)
    is_sound = send_framed (query);
  else if (socket_type (query) == SOCK_DGRAM)
    is_sound = take_datagram (query);
  else
    is_sound = take_stream (query);
  if (!is_sound)
    next_attempt (query);
}

/* This and the next two return false if the upstream has nothing to say; the query may be gone otherwise. */
static bool
take_datagram (tc_query *query)
{
  static uint8_t reply[LONGEST_REPLY];
  ssize_t size = recv (query->source.fd, reply, sizeof (reply), MSG_DONTWAIT);

  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  return take_reply (query, reply, (size_t) size);
}

static bool
take_stream (tc_query *query)
{
  static uint8_t chunk[4096];
  tc_buffer *received = &query->received;
  size_t wanted = received->size < FRAME_HEADER
                      ? FRAME_HEADER - received->size
                      : FRAME_HEADER + (size_t) (received->data[0] << 8 | received->data[1]) - received->size;
  ssize_t size = recv (query->source.fd, chunk, wanted < sizeof (chunk) ? wanted : sizeof (chunk), MSG_DONTWAIT);

  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  if (size == 0)
    return false;
  tc_put_raw (received, chunk, (size_t) size);
  if (received->failed)
    return false;
  if (received->size < FRAME_HEADER
      || received->size < FRAME_HEADER + (size_t) (received->data[0] << 8 | received->data[1]))
    return true;
  size = (ssize_t) (received->size - FRAME_HEADER);
  received->size = 0;
  return take_reply (query, received->data + FRAME_HEADER, (size_t) size);
}

static bool
take_reply (tc_query *query, uint8_t *reply, size_t size)
{
  if (!tc_dns_is_reply (query->packet, query->size, reply, size))
    return true;
  tc_dns_set_id (reply, query->id);
  if (tc_dns_is_trouble (reply))
    {
      keep_trouble (query, reply, size);
      return false;
    }
  tc_query_finish (query, reply, size);
  return true;
}

static void
keep_trouble (tc_query *query, const uint8_t *reply, size_t size)
{
  free (query->trouble);
  query->trouble = malloc (size);
  query->trouble_size = size;
  if (query->trouble != NULL)
    memcpy (query->trouble, reply, size);
}

void
tc_forward_leave (tc_query *query)
{
  tc_client *client = query->client;
  int fd = tc_loop_release (&client->server->loop, &query->source);

  if (fd >= 0)
    give_back (client, query->is_pooled ? upstream_of (query)->any.sa_family : AF_UNSPEC, socket_type (query), fd);
}

/* AF_UNSPEC is the family of those that are of no pool. */
static void
give_back (tc_client *client, int family, int type, int fd)
{
  if (family == AF_UNSPEC)
    {
      (void) close (fd);
      return;
    }
  disconnect (fd);
  give_to_pool (client, family, type, &fd, 1);
}

/* It has another port when it is connected again: connect(2) with AF_UNSPEC gives back one that the kernel chose. */
static void
disconnect (int fd)
{
  const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
  uint8_t rest;
  int error;
  socklen_t size = sizeof (error);

  (void) connect (fd, &nowhere, sizeof (nowhere));
  (void) getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size);
  for (int count = 0; count < MOST_LEFT_OVER && recv (fd, &rest, sizeof (rest), MSG_DONTWAIT) >= 0; count++)
    continue;
}

static void
give_to_pool (tc_client *client, int family, int type, const int *fds, size_t count)
{
  tc_pool *pool = pool_of (client, family, type);

  for (size_t index = 0; index < count; index++)
    {
      if (pool->count == pool->capacity && pool->capacity < TC_MOST_QUERIES_OF_CLIENT)
        {
          uint32_t capacity = pool->capacity * 2 + 16;
          int *grown = realloc (pool->fds, capacity * sizeof (*grown));

          if (grown != NULL)
            {
              pool->fds = grown;
              pool->capacity = capacity;
            }
        }
      if (pool->count < pool->capacity)
        pool->fds[pool->count++] = fds[index];
      else
        (void) close (fds[index]);
    }
}

void
tc_pool_close (tc_client *client)
{
  for (size_t index = 0; index < TC_POOLS; index++)
    {
      tc_pool *pool = &client->pools[index];

      while (pool->count > 0)
        (void) close (pool->fds[--pool->count]);
      free (pool->fds);
    }
}

static tc_pool *
pool_of (tc_client *client, int family, int type)
{
  return &client->pools[(family == AF_INET ? 0 : 2) + (type == SOCK_DGRAM ? 0 : 1)];
}
