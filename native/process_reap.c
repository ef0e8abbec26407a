#include "process_reap.h"

#include "cleanup.h"
#include "clock.h"
#include "launch.h"
#include "records.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* A network, its sockets, a terminal, a birth, a failure, the end. */
#define MOST_REPORTS (5 + (int) TC_MAX_HELD_SOCKETS)

static void reap_all (tc_source *source, uint32_t events);
static void read_births (tc_processes *processes);
static void child_ended (tc_processes *processes, pid_t pid, int wait_status);
static void bearer_ended (tc_process *process, int wait_status);
static void release_network (tc_process *process);
static void read_last_reports (tc_process *process);

int
tc_processes_watch (tc_processes *processes, tc_error *error)
{
  sigset_t child;
  int result;

  (void) sigemptyset (&child);
  (void) sigaddset (&child, SIGCHLD);
  (void) sigprocmask (SIG_SETMASK, &child, NULL);
  processes->signals.fd = signalfd (-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  processes->signals.ready = reap_all;
  if (processes->signals.fd < 0)
    return tc_fail (error, errno, "signalfd", NULL);
  result = tc_loop_watch (processes->loop, &processes->signals, EPOLLIN);
  return result < 0 ? tc_fail (error, -result, "epoll_ctl", NULL) : 0;
}

static void
reap_all (tc_source *source, uint32_t events)
{
  tc_processes *processes = (tc_processes *) source;
  struct signalfd_siginfo drained[8];
  int wait_status;
  pid_t pid;

  (void) events;
  while (read (source->fd, drained, sizeof (drained)) > 0)
    ;
  for (;;)
    {
      siginfo_t info = { .si_pid = 0 };

      if (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0)
        return;
      /* All that the dead process sent has arrived, and a birth counts only before the pid is reaped. */
      read_births (processes);
      pid = waitpid (info.si_pid, &wait_status, WNOHANG);
      if (pid > 0)
        child_ended (processes, pid, wait_status);
    }
}

/* A birth is behind the reports of what was made for it. */
static void
read_births (tc_processes *processes)
{
  tc_process *next;

  for (tc_process *process = processes->first; process != NULL; process = next)
    {
      next = process->next;
      for (int reports = 0; reports < MOST_REPORTS && process->pid == 0 && process->report.fd >= 0; reports++)
        process->report.ready (&process->report, 0);
    }
}

static void
child_ended (tc_processes *processes, pid_t pid, int wait_status)
{
  for (tc_process *process = processes->first; process != NULL; process = process->next)
    {
      if (process->phase == TC_PHASE_ENDED)
        continue;
      if (process->bearer == pid)
        bearer_ended (process, wait_status);
      else if (process->pid != pid || process->has_ended)
        continue;
      else if (process->bearer == 0)
        tc_process_end (process, wait_status);
      else
        {
          /* The bearer still holds the other end of the reports. */
          process->has_ended = true;
          process->wait_status = wait_status;
        }
      return;
    }
}

static void
bearer_ended (tc_process *process, int wait_status)
{
  process->bearer = 0;
  if (process->has_ended)
    tc_process_end (process, process->wait_status);
  else if (process->pid == 0 && process->report.fd < 0)
    tc_process_end (process, wait_status);
}

void
tc_process_end (tc_process *process, int wait_status)
{
  const tc_launcher *launcher = &process->launcher;

  read_last_reports (process);
  process->finished_at = tc_real_time ();
  process->wait_status = wait_status;
  tc_stream_finish (process->streams[0]);
  tc_stream_finish (process->streams[1]);
  process->streams[0] = NULL;
  process->streams[1] = NULL;
  tc_log_file_close (process->log);
  process->log = NULL;
  tc_close_fd (&process->stdin_fd);
  tc_close_fd (&process->pidfd);
  tc_close_fd (&process->terminal_fd);

  if (process->failure.err != 0)
    {
      release_network (process);
      launcher->listener->failed (launcher->owner, process);
      tc_process_forget (process);
      return;
    }
  process->phase = TC_PHASE_ENDED;
  if (process->kind == TC_KIND_CONTAINER && process->state_dir != NULL)
    tc_record_exit (process->state_dir, wait_status, process->finished_at);
  launcher->listener->ended (launcher->owner, process);
}

/* The next launch makes another. */
static void
release_network (tc_process *process)
{
  const char *name = process->network_name;

  if (process->made_network)
    (void) tc_held_release (process->processes->held,
                            (tc_span){ (const uint8_t *) name, (uint32_t) strlen (name) });
}

static void
read_last_reports (tc_process *process)
{
  for (int reports = 0; reports < MOST_REPORTS && process->report.fd >= 0; reports++)
    process->report.ready (&process->report, 0);
  if (process->report.fd < 0)
    return;
  /* A child of its init still holds the other end. */
  tc_loop_close (process->processes->loop, &process->report);
  (void) tc_fail (&process->failure, ECHILD, "launch", "init was killed");
}
