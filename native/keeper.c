/* The keeper's life: what it opens, what it waits for, and when it ends. */
#include "keeper_run.h"

#include "cleanup.h"
#include "client.h"
#include "clock.h"
#include "process.h"
#include "spawn.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#define LOG_SINK_SIZE (256u * 1024u)
#define FIRST_CLIENT_MS 10000u

static int watch_children (tc_keeper *keeper, tc_error *error);
static int open_references (tc_keeper *keeper, tc_error *error);
static void raise_descriptor_limit (tc_keeper *keeper);
static bool protect_from_oom_killer (void);
static bool has_work (const tc_keeper *keeper);
static int sooner (int one_ms, int other_ms);
static int until_first_client_deadline (const tc_keeper *keeper);

int
tc_keeper_open (tc_keeper *keeper, int listener, const char *socket_path, tc_error *error)
{
  int result;

  *keeper = (tc_keeper){ .pid = getpid () };
  keeper->start_time = tc_start_time (keeper->pid);
  keeper->first_client_deadline = tc_monotonic_ms () + FIRST_CLIENT_MS;
  keeper->socket_path = strdup (socket_path);
  keeper->read_buffer = malloc (TC_READ_BUFFER);
  keeper->log_sink.data = malloc (LOG_SINK_SIZE);
  keeper->log_sink.capacity = LOG_SINK_SIZE;
  if (keeper->socket_path == NULL || keeper->read_buffer == NULL || keeper->log_sink.data == NULL)
    return tc_fail (error, ENOMEM, "start", NULL);
  (void) signal (SIGPIPE, SIG_IGN);
  (void) signal (SIGHUP, SIG_IGN);
  (void) signal (SIGINT, SIG_IGN);
  (void) prctl (PR_SET_NAME, "tc-keeper", 0, 0, 0);
  (void) prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  /* A child has the same memory and can be in a container's PID namespace: it must not be open to that
     container for even its first instruction. */
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  raise_descriptor_limit (keeper);
  keeper->resets_oom_score = protect_from_oom_killer ();
  result = tc_loop_open (&keeper->loop);
  if (result < 0)
    return tc_fail (error, -result, "epoll_create1", NULL);
  if (open_references (keeper, error) < 0 || watch_children (keeper, error) < 0)
    return -error->err;
  keeper->listener.fd = listener;
  keeper->listener.ready = tc_clients_accept;
  result = tc_loop_watch (&keeper->loop, &keeper->listener, EPOLLIN);
  return result < 0 ? tc_fail (error, -result, "epoll_ctl", NULL) : 0;
}

static int
watch_children (tc_keeper *keeper, tc_error *error)
{
  sigset_t child;
  int result;

  (void) sigemptyset (&child);
  (void) sigaddset (&child, SIGCHLD);
  (void) sigprocmask (SIG_SETMASK, &child, NULL);
  keeper->signals.fd = signalfd (-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  keeper->signals.ready = tc_processes_reap;
  if (keeper->signals.fd < 0)
    return tc_fail (error, errno, "signalfd", NULL);
  result = tc_loop_watch (&keeper->loop, &keeper->signals, EPOLLIN);
  return result < 0 ? tc_fail (error, -result, "epoll_ctl", NULL) : 0;
}

/* The ways back from other namespaces. */
static int
open_references (tc_keeper *keeper, tc_error *error)
{
  keeper->null_fd = open ("/dev/null", O_RDWR | O_CLOEXEC);
  if (keeper->null_fd < 0)
    return tc_fail (error, errno, "open", "/dev/null");
  keeper->own_net_namespace = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (keeper->own_net_namespace < 0)
    return tc_fail (error, errno, "open", "/proc/self/ns/net");
  return 0;
}

/* A container costs up to five descriptors. */
static void
raise_descriptor_limit (tc_keeper *keeper)
{
  struct rlimit raised;

  (void) getrlimit (RLIMIT_NOFILE, &keeper->nofile);
  raised = keeper->nofile;
  raised.rlim_cur = raised.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &raised);
}

/* Needs CAP_SYS_RESOURCE; without it the keeper is as killable as anyone. */
static bool
protect_from_oom_killer (void)
{
  tc_auto_fd fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  return fd >= 0 && write (fd, "-999", 4) == 4;
}

void
tc_keeper_run (tc_keeper *keeper)
{
  while (has_work (keeper))
    {
      int respawn_ms = tc_supervisor_tick (keeper);

      tc_loop_turn (&keeper->loop, keeper,
                    sooner (respawn_ms, until_first_client_deadline (keeper)));
    }
  /* From here on a client that connects sees end-of-file. */
  (void) unlink (keeper->socket_path);
  tc_processes_kill (keeper);
}

static bool
has_work (const tc_keeper *keeper)
{
  if (keeper->is_quitting)
    return false;
  return keeper->clients != NULL || tc_processes_has_container (keeper)
         || tc_supervisor_is_wanted (keeper) || until_first_client_deadline (keeper) > 0;
}

/* Returns -1 once a client has come. */
static int
until_first_client_deadline (const tc_keeper *keeper)
{
  uint64_t now = tc_monotonic_ms ();

  if (keeper->had_client)
    return -1;
  return keeper->first_client_deadline > now ? (int) (keeper->first_client_deadline - now) : 0;
}

/* -1 is never. */
static int
sooner (int one_ms, int other_ms)
{
  if (one_ms < 0 || other_ms < 0)
    return one_ms < 0 ? other_ms : one_ms;
  return one_ms < other_ms ? one_ms : other_ms;
}
