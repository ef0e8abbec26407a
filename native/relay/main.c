/* Passes on what comes to published ports that the kernel's rules cannot lead to a container.

   usage: port-relay, with orders on standard input, a SOCK_SEQPACKET socket: see order.h.
   Ends with exit code 0 when the other end is closed, 1 when it cannot start.

   Takes nothing from root with it: sockets come bound, and all that it does itself is to connect to containers. */
#include "../cleanup.h"
#include "../clock.h"
#include "../descriptors.h"
#include "connections.h"
#include "datagrams.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define NOBODY 65534u
#define SWEEP_MS 10000u

typedef struct tc_port tc_port;

/* A socket that is relayed: either of the two is set. */
struct tc_port
{
  tc_port *next;
  uint32_t id;
  tc_listener *listener;
  tc_datagrams *datagrams;
};

typedef struct
{
  tc_source orders;
  tc_loop loop;
  tc_port *first;
  bool has_ended;
} tc_relay;

static bool prepare_process (void);
static bool give_up_rights (void);
static void take_orders (tc_source *source, uint32_t events);
static void follow_order (tc_relay *relay, const tc_order *order, int *fd);
static void add_port (tc_relay *relay, const tc_order *order, int *fd);
static void remove_port (tc_relay *relay, uint32_t id);
static bool has_clients (const tc_relay *relay);
static void forget_idle (const tc_relay *relay, uint64_t now);

int
main (void)
{
  static tc_relay relay = { .orders = { .fd = STDIN_FILENO, .ready = take_orders } };
  uint64_t swept_at = 0;

  if (!prepare_process () || tc_loop_open (&relay.loop) < 0
      || tc_loop_watch (&relay.loop, &relay.orders, EPOLLIN) < 0)
    {
      perror ("port-relay");
      return EXIT_FAILURE;
    }
  while (!relay.has_ended)
    {
      uint64_t now;

      tc_loop_turn (&relay.loop, has_clients (&relay) ? (int) SWEEP_MS : -1);
      now = tc_monotonic_ms ();
      if (now - swept_at < SWEEP_MS)
        continue;
      swept_at = now;
      forget_idle (&relay, now);
    }
  return EXIT_SUCCESS;
}

static bool
prepare_process (void)
{
  struct rlimit limit;

  (void) prctl (PR_SET_NAME, "tc-port-relay", 0, 0, 0);
  (void) signal (SIGINT, SIG_IGN);
  (void) signal (SIGHUP, SIG_IGN);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      (void) setrlimit (RLIMIT_NOFILE, &limit);
    }
  return chdir ("/") == 0 && give_up_rights ();
}

static bool
give_up_rights (void)
{
  if (geteuid () == 0
      && (setgroups (0, NULL) < 0 || setresgid (NOBODY, NOBODY, NOBODY) < 0
          || setresuid (NOBODY, NOBODY, NOBODY) < 0))
    return false;
  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static void
take_orders (tc_source *source, uint32_t events)
{
  tc_relay *relay = (tc_relay *) source;
  int fds[TC_MAX_DESCRIPTORS];
  uint8_t data[TC_ORDER_SIZE];
  size_t count;
  ssize_t size = tc_receive_descriptors (source->fd, data, sizeof (data), fds, &count);
  tc_order order;

  (void) events;
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
    relay->has_ended = true;
  else if (size > 0 && tc_order_read (data, (size_t) size, &order) == 0)
    follow_order (relay, &order, count == 0 ? NULL : &fds[0]);
  for (size_t index = 0; size >= 0 && index < count; index++)
    tc_close_fd (&fds[index]);
}

static void
follow_order (tc_relay *relay, const tc_order *order, int *fd)
{
  if (order->kind == TC_ORDER_REMOVE)
    remove_port (relay, order->id);
  else if (fd != NULL)
    add_port (relay, order, fd);
}

/* Takes over the descriptor unless it fails. */
static void
add_port (tc_relay *relay, const tc_order *order, int *fd)
{
  tc_port *port = calloc (1, sizeof (*port));

  if (port == NULL)
    return;
  (void) fcntl (*fd, F_SETFL, fcntl (*fd, F_GETFL) | O_NONBLOCK);
  if (order->socket_type == SOCK_STREAM)
    port->listener = tc_listener_open (&relay->loop, *fd, &order->target);
  else
    port->datagrams = tc_datagrams_open (&relay->loop, *fd, &order->target);
  if (port->listener == NULL && port->datagrams == NULL)
    {
      free (port);
      return;
    }
  (void) tc_steal_fd (fd);
  port->id = order->id;
  port->next = relay->first;
  relay->first = port;
}

static void
remove_port (tc_relay *relay, uint32_t id)
{
  for (tc_port **link = &relay->first; *link != NULL; link = &(*link)->next)
    {
      tc_port *port = *link;

      if (port->id != id)
        continue;
      *link = port->next;
      if (port->listener != NULL)
        tc_listener_close (port->listener);
      else
        tc_datagrams_close (port->datagrams);
      free (port);
      return;
    }
}

/* Only clients of UDP have to be forgotten. */
static bool
has_clients (const tc_relay *relay)
{
  for (const tc_port *port = relay->first; port != NULL; port = port->next)
    if (port->datagrams != NULL && tc_datagrams_has_clients (port->datagrams))
      return true;
  return false;
}

static void
forget_idle (const tc_relay *relay, uint64_t now)
{
  for (const tc_port *port = relay->first; port != NULL; port = port->next)
    if (port->datagrams != NULL)
      tc_datagrams_forget_idle (port->datagrams, now);
}
