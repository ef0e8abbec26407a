/* The keeper's life: what it opens, what it waits for, and when it ends. */
#include "keeper.h"

#include "cleanup.h"
#include "clock.h"
#include "held.h"
#include "process_reap.h"
#include "start_time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

#define FIRST_CLIENT_MS 10000u
/* How long what was killed may take to end. */
#define REAP_MS 1000u

static void set_up_process (tc_processes *processes);
static void raise_descriptor_limit (tc_processes *processes);
static bool protect_from_oom_killer (void);
static int open_loop (tc_keeper *keeper, tc_error *error);
static int open_references (tc_keeper *keeper, tc_error *error);
static int open_wake_set (tc_keeper *keeper, tc_error *error);
static void serve (tc_keeper *keeper);
static void close_project (tc_keeper *keeper);
static void reap (tc_keeper *keeper);
static bool has_work (const tc_keeper *keeper);
static int sooner (int one_ms, int other_ms);
static int until_first_client_deadline (const tc_keeper *keeper);

int
tc_keeper_open (tc_keeper *keeper, int listener, const char *socket_path, tc_error *error)
{
  int result;

  *keeper = (tc_keeper){
    .first_client_deadline = tc_monotonic_ms () + FIRST_CLIENT_MS,
    .socket_path = strdup (socket_path),
    .processes = { .loop = &keeper->loop, .buffers = &keeper->buffers, .held = &keeper->requests.held },
    .supervisor = { .processes = &keeper->processes },
    .requests = { .clients = &keeper->clients,
                  .processes = &keeper->processes,
                  .supervisor = &keeper->supervisor,
                  .pid = getpid (),
                  .start_time = tc_start_time (getpid ()) },
  };
  if (keeper->socket_path == NULL)
    return tc_fail (error, ENOMEM, "start", NULL);
  set_up_process (&keeper->processes);
  if (open_loop (keeper, error) < 0 || open_references (keeper, error) < 0
      || open_wake_set (keeper, error) < 0 || tc_processes_watch (&keeper->processes, error) < 0)
    return -error->err;
  tc_requests_serve (&keeper->requests);
  result = tc_clients_listen (&keeper->clients, &keeper->loop, listener);
  return result < 0 ? tc_fail (error, -result, "epoll_ctl", NULL) : 0;
}

static void
set_up_process (tc_processes *processes)
{
  (void) signal (SIGPIPE, SIG_IGN);
  (void) signal (SIGHUP, SIG_IGN);
  (void) signal (SIGINT, SIG_IGN);
  (void) prctl (PR_SET_NAME, "tc-keeper", 0, 0, 0);
  (void) prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  /* A child has a copy of the keeper's memory and can be in a container's PID namespace: the container must
     not be able to trace it, from its first instruction on. */
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  raise_descriptor_limit (processes);
  processes->resets_oom_score = protect_from_oom_killer ();
}

/* A container costs up to five descriptors. */
static void
raise_descriptor_limit (tc_processes *processes)
{
  struct rlimit raised;

  (void) getrlimit (RLIMIT_NOFILE, &processes->nofile);
  raised = processes->nofile;
  raised.rlim_cur = raised.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &raised);
}

/* Needs CAP_SYS_RESOURCE; without it the score stays as it is. */
static bool
protect_from_oom_killer (void)
{
  tc_auto_fd fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  return fd >= 0 && write (fd, "-999", 4) == 4;
}

static int
open_loop (tc_keeper *keeper, tc_error *error)
{
  int result = tc_loop_open (&keeper->loop);

  return result < 0 ? tc_fail (error, -result, "epoll_create1", NULL)
                    : tc_stream_buffers_open (&keeper->buffers, &keeper->loop, error);
}

/* Descriptors that are used while the keeper or a child is in other namespaces. */
static int
open_references (tc_keeper *keeper, tc_error *error)
{
  keeper->processes.null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  if (keeper->processes.null_fd < 0)
    return tc_fail (error, errno, "open", "/dev/null");
  keeper->requests.held.own_net_namespace = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (keeper->requests.held.own_net_namespace < 0)
    return tc_fail (error, errno, "open", "/proc/self/ns/net");
  return 0;
}

static int
open_wake_set (tc_keeper *keeper, tc_error *error)
{
  int wake_set = epoll_create1 (EPOLL_CLOEXEC);
  int result;

  if (wake_set < 0)
    return tc_fail (error, errno, "epoll_create1", NULL);
  keeper->requests.held.wake_set = wake_set;
  result = tc_supervisor_open (&keeper->supervisor, wake_set);
  return result < 0 ? tc_fail (error, -result, "epoll_ctl", NULL) : 0;
}

void
tc_keeper_run (tc_keeper *keeper)
{
  serve (keeper);
  /* From here on a client that connects sees end-of-file. */
  (void) unlink (keeper->socket_path);
  tc_processes_kill (&keeper->processes);
  if (keeper->requests.closing.is_asked)
    close_project (keeper);
}

static void
serve (tc_keeper *keeper)
{
  while (has_work (keeper))
    {
      int respawn_ms = tc_supervisor_tick (&keeper->supervisor);

      tc_loop_turn (&keeper->loop, sooner (respawn_ms, until_first_client_deadline (keeper)));
    }
}

/* Until the client that asked hangs up, nothing has to be in the folders yet. */
static void
close_project (tc_keeper *keeper)
{
  tc_requests *requests = &keeper->requests;

  /* Who looks for the keeper of the project is not to find this one. */
  (void) prctl (PR_SET_NAME, "tc-closing", 0, 0, 0);
  tc_loop_close (&keeper->loop, &keeper->clients.listener);
  /* Network namespaces stay open until the interfaces are deleted: the kernel would delete those of one that
     ends by itself, and both would wait for each other. */
  tc_held_close (&requests->held, TC_HELD_SOCKET);
  tc_held_close (&requests->held, TC_HELD_FILE);
  tc_held_close (&requests->held, TC_HELD_ENTRUSTED);
  reap (keeper);
  tc_closing_confirm (&requests->closing);
  tc_closing_send (&requests->closing);
  while (requests->closing.client != NULL)
    tc_loop_turn (&keeper->loop, -1);
  tc_closing_remove_folders (&requests->closing);
}

/* The supervisor may have copies of sockets that were held. */
static void
reap (tc_keeper *keeper)
{
  const uint64_t deadline = tc_monotonic_ms () + REAP_MS;

  for (uint64_t now = tc_monotonic_ms ();
       now < deadline && tc_processes_has_live (&keeper->processes); now = tc_monotonic_ms ())
    tc_loop_turn (&keeper->loop, (int) (deadline - now));
}

static bool
has_work (const tc_keeper *keeper)
{
  if (keeper->requests.is_quitting)
    return false;
  return keeper->clients.first != NULL || tc_processes_has_container (&keeper->processes)
         || tc_supervisor_is_wanted (&keeper->supervisor) || until_first_client_deadline (keeper) > 0;
}

/* Returns -1 once a client has come. */
static int
until_first_client_deadline (const tc_keeper *keeper)
{
  uint64_t now = tc_monotonic_ms ();

  if (keeper->clients.had_client)
    return -1;
  return keeper->first_client_deadline > now ? (int) (keeper->first_client_deadline - now) : 0;
}

/* -1 means never. */
static int
sooner (int one_ms, int other_ms)
{
  if (one_ms < 0 || other_ms < 0)
    return one_ms < 0 ? other_ms : one_ms;
  return one_ms < other_ms ? one_ms : other_ms;
}
