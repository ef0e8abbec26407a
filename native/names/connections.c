/* Queries over TCP, each behind its length: RFC 1035, 4.2.2. A client holds little here: one unfinished query, and as much of replies
   as it does not read. */
#include "server.h"

#include "../cleanup.h"
#include "../clock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>

#define MOST_CONNECTIONS_OF_CLIENT 32u
#define MOST_CONNECTIONS 1024u
#define MOST_OPEN_QUERIES 64u
#define MOST_WAITING_BYTES ((size_t) 256u << 10)
#define IDLE_MS 10000u
#define ACCEPTS_A_TURN 16
#define FRAME_HEADER 2u

struct tc_connection
{
  tc_source source;
  tc_client *client;
  tc_connection *previous, *next;
  uint64_t idle_since;
  tc_buffer unread; /* the start of a query */
  tc_buffer unsent;
  size_t unsent_start;
  uint32_t open; /* queries that are not answered */
  bool has_finished; /* it asks nothing more */
  bool is_broken;
};

static bool accept_one (tc_client *client);
static void refuse_one (tc_client *client);
static void open_connection (tc_client *client, int fd);
static void connection_ready (tc_source *source, uint32_t events);
static void read_queries (tc_connection *connection);
static void take_frames (tc_connection *connection, const uint8_t *data, size_t size);
static void take_query (tc_connection *connection, tc_span packet);
static void send_unsent (tc_connection *connection);
static void keep_unsent (tc_connection *connection, const uint8_t *data, size_t size);
static void break_off (tc_connection *connection);
static void settle (tc_connection *connection);

void
tc_listener_ready (tc_source *source, uint32_t events)
{
  tc_client *client = ((tc_client_socket *) source)->client;

  (void) events;
  if (client->is_retired)
    return;
  for (int count = 0; count < ACCEPTS_A_TURN && accept_one (client); count++)
    continue;
}

/* Returns whether there may be more. */
static bool
accept_one (tc_client *client)
{
  int fd = accept4 (client->tcp.source.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd < 0 && (errno == EMFILE || errno == ENFILE))
    refuse_one (client);
  else if (fd < 0)
    return errno == EINTR || errno == ECONNABORTED;
  else if (client->connections >= MOST_CONNECTIONS_OF_CLIENT || client->server->connections >= MOST_CONNECTIONS)
    (void) close (fd);
  else
    open_connection (client, fd);
  return true;
}

/* One that is left in the queue would be announced again and again. */
static void
refuse_one (tc_client *client)
{
  int fd;

  tc_close_fd (&client->spare);
  fd = accept4 (client->tcp.source.fd, NULL, NULL, SOCK_CLOEXEC);
  tc_close_fd (&fd);
  client->spare = fcntl (client->tcp.source.fd, F_DUPFD_CLOEXEC, 0);
}

static void
open_connection (tc_client *client, int fd)
{
  tc_server *server = client->server;
  tc_connection *connection = calloc (1, sizeof (*connection));

  if (connection == NULL)
    {
      (void) close (fd);
      return;
    }
  *connection = (tc_connection){ .source = { .fd = fd, .ready = connection_ready },
                                 .client = client,
                                 .next = client->first_connection,
                                 .idle_since = tc_monotonic_ms () };
  if (tc_loop_watch (&server->loop, &connection->source, EPOLLIN) < 0)
    {
      (void) close (fd);
      free (connection);
      return;
    }
  if (connection->next != NULL)
    connection->next->previous = connection;
  client->first_connection = connection;
  client->connections++;
  server->connections++;
  if (connection->idle_since + IDLE_MS < server->due)
    server->due = connection->idle_since + IDLE_MS;
}

static void
connection_ready (tc_source *source, uint32_t events)
{
  tc_connection *connection = (tc_connection *) source;

  connection->idle_since = tc_monotonic_ms ();
  if ((events & EPOLLOUT) != 0)
    send_unsent (connection);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !connection->has_finished && !connection->is_broken)
    read_queries (connection);
  else if ((events & (EPOLLHUP | EPOLLERR)) != 0)
    connection->is_broken = true;
  if (connection->source.fd >= 0)
    settle (connection);
}

/* The start of a query that is here already comes before what is read. */
static void
read_queries (tc_connection *connection)
{
  static uint8_t data[2 * (FRAME_HEADER + TC_DNS_QUERY)];
  size_t kept = connection->unread.size;
  ssize_t size;

  if (kept > 0)
    memcpy (data, connection->unread.data, kept);
  size = recv (connection->source.fd, data + kept, sizeof (data) - kept, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  tc_buffer_free (&connection->unread);
  if (size < 0)
    connection->is_broken = true;
  else if (size == 0)
    connection->has_finished = true;
  else
    take_frames (connection, data, kept + (size_t) size);
}

static void
take_frames (tc_connection *connection, const uint8_t *data, size_t size)
{
  while (size >= FRAME_HEADER && !connection->is_broken)
    {
      size_t length = (size_t) data[0] << 8 | data[1];

      if (length > TC_DNS_QUERY)
        {
          connection->is_broken = true;
          return;
        }
      if (size < FRAME_HEADER + length)
        break;
      take_query (connection, (tc_span){ data + FRAME_HEADER, (uint32_t) length });
      data += FRAME_HEADER + length;
      size -= FRAME_HEADER + length;
    }
  if (size > 0)
    tc_put_raw (&connection->unread, data, size);
  if (connection->unread.failed)
    connection->is_broken = true;
}

/* A client that asks faster than it can be answered is cut off. */
static void
take_query (tc_connection *connection, tc_span packet)
{
  static uint8_t reply[TC_DNS_TCP];
  tc_asker asker = { .connection = connection };
  size_t size;

  size = tc_query_take (connection->client, packet, &asker, reply);
  if (connection->open > MOST_OPEN_QUERIES)
    connection->is_broken = true;
  if (size > 0)
    tc_connection_send (connection, reply, size);
}

void
tc_connection_send (tc_connection *connection, const uint8_t *reply, size_t size)
{
  uint8_t header[FRAME_HEADER] = { (uint8_t) (size >> 8), (uint8_t) size };
  struct iovec parts[] = { { .iov_base = header, .iov_len = sizeof (header) },
                           { .iov_base = (void *) (uintptr_t) reply, .iov_len = size } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  ssize_t sent = 0;

  if (connection->is_broken)
    return;
  if (connection->unsent.size == 0)
    sent = sendmsg (connection->source.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    {
      break_off (connection);
      return;
    }
  if (sent < 0)
    sent = 0;
  if ((size_t) sent < FRAME_HEADER)
    keep_unsent (connection, header + sent, FRAME_HEADER - (size_t) sent);
  sent = (size_t) sent < FRAME_HEADER ? 0 : sent - (ssize_t) FRAME_HEADER;
  if ((size_t) sent < size)
    keep_unsent (connection, reply + sent, size - (size_t) sent);
}

static void
send_unsent (tc_connection *connection)
{
  tc_buffer *unsent = &connection->unsent;

  while (connection->unsent_start < unsent->size)
    {
      ssize_t sent = send (connection->source.fd, unsent->data + connection->unsent_start,
                           unsent->size - connection->unsent_start, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (sent < 0 && errno == EINTR)
        continue;
      if (sent < 0)
        {
          connection->is_broken = errno != EAGAIN;
          return;
        }
      connection->unsent_start += (size_t) sent;
    }
  tc_buffer_free (unsent);
  connection->unsent_start = 0;
}

static void
keep_unsent (tc_connection *connection, const uint8_t *data, size_t size)
{
  tc_buffer *unsent = &connection->unsent;

  if (connection->is_broken)
    return;
  tc_put_raw (unsent, data, size);
  if (unsent->failed || unsent->size - connection->unsent_start > MOST_WAITING_BYTES)
    break_off (connection);
  else
    tc_loop_change (&connection->client->server->loop, &connection->source, connection->source.events | EPOLLOUT);
}

/* It is closed when the loop comes to it, since whoever sends may be on the way through the queries of its client. */
static void
break_off (tc_connection *connection)
{
  connection->is_broken = true;
  (void) shutdown (connection->source.fd, SHUT_RDWR);
}

void
tc_connection_asked (tc_connection *connection)
{
  connection->open++;
}

void
tc_connection_answered (tc_connection *connection)
{
  connection->open--;
  connection->idle_since = tc_monotonic_ms ();
  if (connection->has_finished && connection->open == 0 && connection->unsent.size == 0)
    tc_connection_close (connection);
}

/* Closes it if it is done with, or waits for what is missing. */
static void
settle (tc_connection *connection)
{
  bool has_unsent = connection->unsent.size > 0;

  if (connection->is_broken || (connection->has_finished && connection->open == 0 && !has_unsent))
    tc_connection_close (connection);
  else
    tc_loop_change (&connection->client->server->loop, &connection->source,
                    (connection->has_finished ? 0u : EPOLLIN) | (has_unsent ? EPOLLOUT : 0u));
}

void
tc_connection_close (tc_connection *connection)
{
  tc_client *client = connection->client;

  if (connection->source.fd < 0)
    return;
  tc_loop_close (&client->server->loop, &connection->source);
  tc_query_drop_of (client, connection);
  if (connection->previous == NULL)
    client->first_connection = connection->next;
  else
    connection->previous->next = connection->next;
  if (connection->next != NULL)
    connection->next->previous = connection->previous;
  client->connections--;
  client->server->connections--;
  tc_buffer_free (&connection->unread);
  tc_buffer_free (&connection->unsent);
  tc_loop_free_later (&client->server->loop, connection);
}

void
tc_connections_finish (tc_client *client)
{
  for (tc_connection *connection = client->first_connection, *next; connection != NULL; connection = next)
    {
      next = connection->next;
      connection->has_finished = true;
      settle (connection);
    }
}

uint64_t
tc_connections_expire (tc_client *client, uint64_t now)
{
  uint64_t due = TC_NEVER;

  for (tc_connection *connection = client->first_connection, *next; connection != NULL; connection = next)
    {
      next = connection->next;
      if (now - connection->idle_since >= IDLE_MS)
        tc_connection_close (connection);
      else if (connection->idle_since + IDLE_MS < due)
        due = connection->idle_since + IDLE_MS;
    }
  return due;
}
