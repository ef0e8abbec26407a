/* The embedded DNS server of a project: answers queries of its containers about each other, and passes the others on.

   usage: name-server [TEXT], with its owner's orders on standard input, a stream socket: see order.h; the text is for who looks at
   processes.
   Ends with exit code 0 when the other end is closed, 1 when it cannot start, or what it is told makes no sense.

   Takes nothing from root with it: sockets on which containers ask come bound, and all that it does itself is to connect to
   upstream servers. Of what it reads only the orders come from someone who is trusted; they are checked all the same. */
#include "../clock.h"
#include "confine.h"
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int prepare (tc_server *server);
static int milliseconds_left (const tc_server *server);
static void expire (tc_server *server);
static uint64_t expire_queries (tc_client *client, uint64_t now, bool *is_owner_late);

int
main (void)
{
  static tc_server server = { .due = TC_NEVER };
  int result = prepare (&server);

  if (result < 0)
    {
      (void) fprintf (stderr, "name-server: %s\n", strerror (-result));
      return EXIT_FAILURE;
    }
  while (!server.owner.has_ended && !server.owner.is_wrong)
    {
      tc_loop_turn (&server.loop, milliseconds_left (&server));
      if (server.due != TC_NEVER && server.due <= tc_monotonic_ms ())
        expire (&server);
      tc_client_sweep (&server);
    }
  return server.owner.is_wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int
prepare (tc_server *server)
{
  int result;

  (void) prctl (PR_SET_NAME, "tc-names", 0, 0, 0);
  (void) signal (SIGINT, SIG_IGN);
  (void) signal (SIGHUP, SIG_IGN);
  if (chdir ("/") < 0)
    return -errno;
  result = tc_loop_open (&server->loop);
  if (result == 0)
    result = tc_owner_open (server, STDIN_FILENO);
  return result == 0 ? tc_confine () : result;
}

/* For ever, if nothing is due. */
static int
milliseconds_left (const tc_server *server)
{
  uint64_t now;

  if (server->due == TC_NEVER)
    return -1;
  now = tc_monotonic_ms ();
  return server->due <= now ? 0 : (int) (server->due - now);
}

/* What is asked for later makes it earlier again. */
static void
expire (tc_server *server)
{
  uint64_t now = tc_monotonic_ms ();
  bool is_owner_late = false;
  uint64_t due = TC_NEVER;

  server->due = TC_NEVER;
  for (tc_client *client = server->first; client != NULL; client = client->next)
    {
      uint64_t queries = expire_queries (client, now, &is_owner_late);
      uint64_t connections = tc_connections_expire (client, now);

      due = queries < due ? queries : due;
      due = connections < due ? connections : due;
    }
  server->due = due < server->due ? due : server->due;
  if (is_owner_late)
    tc_owner_expire (server);
}

static uint64_t
expire_queries (tc_client *client, uint64_t now, bool *is_owner_late)
{
  uint64_t due = TC_NEVER;

  for (tc_query *query = client->first_query, *next; query != NULL; query = next)
    {
      next = query->next;
      if (query->due > now)
        due = query->due < due ? query->due : due;
      else if (query->state == TC_QUERY_HELD)
        *is_owner_late = true;
      else
        tc_forward_expire (query);
    }
  return due;
}
