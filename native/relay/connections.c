/* Bytes of clients and containers are passed on and never looked at. */
#include "connections.h"

#include "../cleanup.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* So that one listener does not keep others waiting. */
#define ACCEPTS_A_TURN 64
#define CHUNK_SIZE (64u << 10)

typedef struct tc_pair tc_pair;

/* One end of a pair. */
typedef struct
{
  tc_source source;
  tc_pair *pair;
  uint8_t *waiting; /* what it did not take yet, or NULL; meanwhile nothing is read from the other end */
  size_t waiting_size, waiting_sent;
  bool has_finished; /* it sends nothing more */
} tc_end;

/* A client's connection and that to the target. */
struct tc_pair
{
  tc_end client, target;
  tc_listener *listener;
  tc_pair *previous, *next;
  bool is_connected;
};

struct tc_listener
{
  tc_source source;
  tc_loop *loop;
  tc_endpoint target;
  tc_pair *first;
  int spare; /* given up to refuse a client where no descriptors are left */
};

static void accept_clients (tc_source *source, uint32_t events);
static void refuse_client (tc_listener *listener);
static void reset_and_close (int *fd);
static bool open_pair (tc_listener *listener, int client);
static bool watch_pair (tc_pair *pair, int client, int target);
static void set_options (int fd);
static int connect_target (const tc_endpoint *target);
static void end_ready (tc_source *source, uint32_t events);
static void finish_connecting (tc_pair *pair, const tc_end *end);
static void pass_on (tc_end *end, uint32_t events);
static bool send_waiting (tc_end *end);
static bool read_some (tc_end *end);
static bool send_or_keep (tc_end *end, const uint8_t *data, size_t size);
static bool keep_waiting (tc_end *end, const uint8_t *data, size_t size);
static void watch_what_is_wanted (tc_end *end);
static tc_end *other_end (const tc_end *end);
static void close_pair (tc_pair *pair, bool resets);
static void close_end (tc_end *end, bool resets);

tc_listener *
tc_listener_open (tc_loop *loop, int fd, const tc_endpoint *target)
{
  tc_listener *listener = calloc (1, sizeof (*listener));

  if (listener == NULL)
    return NULL;
  listener->source = (tc_source){ .fd = fd, .ready = accept_clients };
  listener->loop = loop;
  listener->target = *target;
  listener->spare = dup (fd);
  if (listener->spare >= 0 && tc_loop_watch (loop, &listener->source, EPOLLIN) == 0)
    return listener;
  tc_close_fd (&listener->spare);
  free (listener);
  return NULL;
}

void
tc_listener_close (tc_listener *listener)
{
  tc_loop_close (listener->loop, &listener->source);
  tc_close_fd (&listener->spare);
  while (listener->first != NULL)
    close_pair (listener->first, true);
  tc_loop_free_later (listener->loop, listener);
}

static void
accept_clients (tc_source *source, uint32_t events)
{
  tc_listener *listener = (tc_listener *) source;

  (void) events;
  for (int count = 0; count < ACCEPTS_A_TURN; count++)
    {
      int client = accept4 (source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (client < 0 && (errno == EMFILE || errno == ENFILE))
        refuse_client (listener);
      else if (client < 0)
        return;
      else if (!open_pair (listener, client))
        reset_and_close (&client);
    }
}

/* A client that is left in the queue would be announced again and again. */
static void
refuse_client (tc_listener *listener)
{
  int client;

  tc_close_fd (&listener->spare);
  client = accept4 (listener->source.fd, NULL, NULL, SOCK_CLOEXEC);
  reset_and_close (&client);
  listener->spare = dup (listener->source.fd);
}

static void
reset_and_close (int *fd)
{
  const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  (void) setsockopt (*fd, SOL_SOCKET, SO_LINGER, &reset, sizeof (reset));
  tc_close_fd (fd);
}

/* Takes over `client` if it succeeds. */
static bool
open_pair (tc_listener *listener, int client)
{
  tc_auto_fd target = connect_target (&listener->target);
  tc_pair *pair = target < 0 ? NULL : calloc (1, sizeof (*pair));

  if (pair == NULL)
    return false;
  pair->listener = listener;
  if (!watch_pair (pair, client, target))
    {
      free (pair);
      return false;
    }
  (void) tc_steal_fd (&target);
  pair->next = listener->first;
  if (pair->next != NULL)
    pair->next->previous = pair;
  listener->first = pair;
  return true;
}

/* Nothing of a client is read before the target has taken the connection. */
static bool
watch_pair (tc_pair *pair, int client, int target)
{
  tc_loop *loop = pair->listener->loop;
  pair->client = (tc_end){ .source = { .fd = client, .ready = end_ready }, .pair = pair };
  pair->target = (tc_end){ .source = { .fd = target, .ready = end_ready }, .pair = pair };
  set_options (client);
  set_options (target);
  return tc_loop_watch (loop, &pair->client.source, 0) == 0
         && tc_loop_watch (loop, &pair->target.source, EPOLLOUT) == 0;
}

/* A peer that is gone without a word is found by keepalives. */
static void
set_options (int fd)
{
  const int on = 1;

  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof (on));
  (void) setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof (on));
}

/* Returns a descriptor, or -1. */
static int
connect_target (const tc_endpoint *target)
{
  tc_auto_fd fd = socket (target->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || (connect (fd, &target->any, tc_endpoint_size (target)) < 0 && errno != EINPROGRESS))
    return -1;
  return tc_steal_fd (&fd);
}

static void
end_ready (tc_source *source, uint32_t events)
{
  tc_end *end = (tc_end *) source;

  if ((events & EPOLLERR) != 0 || (!end->pair->is_connected && (events & EPOLLHUP) != 0))
    close_pair (end->pair, true);
  else if (!end->pair->is_connected)
    finish_connecting (end->pair, end);
  else
    pass_on (end, events);
}

static void
finish_connecting (tc_pair *pair, const tc_end *end)
{
  if (end != &pair->target)
    return;
  pair->is_connected = true;
  watch_what_is_wanted (&pair->client);
  watch_what_is_wanted (&pair->target);
}

/* What one end breaks is reset at the other. */
static void
pass_on (tc_end *end, uint32_t events)
{
  tc_end *other = other_end (end);
  bool is_whole = true;

  if ((events & EPOLLOUT) != 0)
    is_whole = send_waiting (end);
  if (is_whole && (events & (EPOLLIN | EPOLLHUP)) != 0 && !end->has_finished && other->waiting == NULL)
    is_whole = read_some (end);
  if (!is_whole || (end->has_finished && other->has_finished && end->waiting == NULL && other->waiting == NULL))
    {
      close_pair (end->pair, !is_whole);
      return;
    }
  watch_what_is_wanted (end);
  watch_what_is_wanted (other);
}

/* Returns false if the end is broken. */
static bool
send_waiting (tc_end *end)
{
  while (end->waiting != NULL)
    {
      ssize_t sent = send (end->source.fd, end->waiting + end->waiting_sent, end->waiting_size - end->waiting_sent,
                           MSG_NOSIGNAL);

      if (sent < 0)
        return errno == EAGAIN || errno == EINTR;
      end->waiting_sent += (size_t) sent;
      if (end->waiting_sent < end->waiting_size)
        continue;
      free (end->waiting);
      end->waiting = NULL;
      if (other_end (end)->has_finished)
        (void) shutdown (end->source.fd, SHUT_WR);
    }
  return true;
}

/* Returns false if an end is broken. */
static bool
read_some (tc_end *end)
{
  static uint8_t chunk[CHUNK_SIZE];
  tc_end *other = other_end (end);
  ssize_t size = recv (end->source.fd, chunk, sizeof (chunk), 0);

  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  if (size > 0)
    return send_or_keep (other, chunk, (size_t) size);
  end->has_finished = true;
  (void) shutdown (other->source.fd, SHUT_WR);
  return true;
}

static bool
send_or_keep (tc_end *end, const uint8_t *data, size_t size)
{
  ssize_t sent = send (end->source.fd, data, size, MSG_NOSIGNAL);

  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    return false;
  if (sent < 0)
    sent = 0;
  return (size_t) sent == size || keep_waiting (end, data + sent, size - (size_t) sent);
}

static bool
keep_waiting (tc_end *end, const uint8_t *data, size_t size)
{
  end->waiting = malloc (size);
  if (end->waiting == NULL)
    return false;
  memcpy (end->waiting, data, size);
  end->waiting_size = size;
  end->waiting_sent = 0;
  return true;
}

static void
watch_what_is_wanted (tc_end *end)
{
  bool reads = !end->has_finished && other_end (end)->waiting == NULL;

  tc_loop_change (end->pair->listener->loop, &end->source,
                  (reads ? EPOLLIN : 0u) | (end->waiting == NULL ? 0u : EPOLLOUT));
}

static tc_end *
other_end (const tc_end *end)
{
  return end == &end->pair->client ? &end->pair->target : &end->pair->client;
}

static void
close_pair (tc_pair *pair, bool resets)
{
  tc_listener *listener = pair->listener;

  close_end (&pair->client, resets);
  close_end (&pair->target, resets);
  if (pair->previous == NULL)
    listener->first = pair->next;
  else
    pair->previous->next = pair->next;
  if (pair->next != NULL)
    pair->next->previous = pair->previous;
  tc_loop_free_later (listener->loop, pair);
}

static void
close_end (tc_end *end, bool resets)
{
  const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  if (resets)
    (void) setsockopt (end->source.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof (reset));
  tc_loop_close (end->pair->listener->loop, &end->source);
  free (end->waiting);
}
