/* Runs as the keeper's user. Reports are not trusted: a tracer in a container can send them in a child's
   place. */
#include "process_report.h"

#include "cleanup.h"
#include "clock.h"
#include "descriptors.h"
#include "launch.h"
#include "process_reap.h"
#include "records.h"
#include "start_time.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

static void take_birth (tc_process *process, pid_t pid);
static bool is_new_child (const tc_processes *processes, pid_t pid);
static void take_failure (tc_process *process, tc_report *report);
static bool is_of_network (const tc_process *process, const tc_report *report);
static void take_of_network (tc_process *process, tc_report *report, int *fd);
static int link_network (const tc_process *process, int fd, tc_error *error);
static void take_terminal (tc_process *process, int fd);
static void reports_end (tc_process *process);
static void launched (tc_process *process);

void
tc_process_report_ready (tc_source *source, uint32_t events)
{
  tc_process *process = (tc_process *) source;
  int fds[TC_MAX_DESCRIPTORS];
  size_t count = 0;
  pid_t sender;
  tc_report report;
  ssize_t size = tc_receive_report (source->fd, &report, sizeof (report), fds, &count, &sender);

  (void) events;
  if (size < 0 && errno == EAGAIN)
    return;
  if (size == (ssize_t) sizeof (report) && report.kind == TC_REPORT_TERMINAL && count == 1)
    {
      take_terminal (process, fds[0]);
      return;
    }
  if (size == (ssize_t) sizeof (report) && count == 1 && is_of_network (process, &report))
    {
      take_of_network (process, &report, &fds[0]);
      return;
    }
  while (count > 0)
    (void) close (fds[--count]);
  if (size == (ssize_t) sizeof (report) && report.kind == TC_REPORT_BORN)
    take_birth (process, sender);
  else if (size == (ssize_t) sizeof (report) && report.kind == TC_REPORT_FAILED)
    take_failure (process, &report);
  else
    reports_end (process);
}

/* `pid` is the sender's, from the kernel, but a tracer in the container may be the one that reports. */
static void
take_birth (tc_process *process, pid_t pid)
{
  if (process->pid != 0 || !is_new_child (process->processes, pid))
    return;
  process->pid = pid;
  process->start_time = tc_start_time (pid);
  tc_close_fd (&process->pidfd);
  process->pidfd = pidfd_open (pid, 0);
  /* Without the descriptor nothing could end it later. A child that was not reaped keeps its pid. */
  if (process->is_doomed || process->pidfd < 0)
    (void) kill (pid, SIGKILL);
}

static bool
is_new_child (const tc_processes *processes, pid_t pid)
{
  siginfo_t info;

  for (const tc_process *process = processes->first; process != NULL; process = process->next)
    if (process->phase != TC_PHASE_ENDED
        && ((process->pid == pid && !process->has_ended) || process->bearer == pid))
      return false;
  return pid > 0 && waitid (P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
take_failure (tc_process *process, tc_report *report)
{
  memcpy (process->failure_what, report->what, sizeof (report->what));
  process->failure_what[sizeof (report->what) - 1] = '\0';
  report->path[sizeof (report->path) - 1] = '\0';
  (void) tc_fail (&process->failure, report->err, process->failure_what, report->path);
  process->failure.index = report->index;
  /* Where an init waits, it has to end too. The failure is passed on when the process is reaped. */
  (void) tc_process_signal (process, SIGKILL);
  tc_loop_close (process->processes->loop, &process->report);
}

/* Before its birth nobody in a container can send reports for a process. The name of a socket starts with that of
   its network, and they go together. */
static bool
is_of_network (const tc_process *process, const tc_report *report)
{
  const char *name = process->network_name;
  bool is_own = process->bearer == 0 || process->pid == 0;

  if (name == NULL || !is_own)
    return false;
  return report->kind == TC_REPORT_NETWORK
         || (report->kind == TC_REPORT_SOCKET && strncmp (report->path, name, strlen (name)) == 0);
}

static void
take_of_network (tc_process *process, tc_report *report, int *fd)
{
  const char *name = report->kind == TC_REPORT_NETWORK ? process->network_name : report->path;
  tc_held_kind kind = report->kind == TC_REPORT_NETWORK ? TC_HELD_NETWORK : TC_HELD_SOCKET;
  int number = *fd;
  int result;

  report->path[sizeof (report->path) - 1] = '\0';
  result = tc_held_adopt (process->processes->held,
                          (tc_span){ (const uint8_t *) name, (uint32_t) strlen (name) }, kind, fd,
                          &process->failure);
  tc_close_fd (fd);
  if (result == 0 && kind == TC_HELD_NETWORK)
    {
      process->made_network = true;
      result = link_network (process, number, &process->failure);
    }
  if (result == 0)
    return;
  (void) tc_process_signal (process, SIGKILL);
  tc_loop_close (process->processes->loop, &process->report);
}

/* The link stands for the namespace wherever a path is asked for. */
static int
link_network (const tc_process *process, int fd, tc_error *error)
{
  char target[64];

  (void) snprintf (target, sizeof (target), "/proc/%d/fd/%d", (int) getpid (), fd);
  (void) unlink (process->network_link);
  if (symlink (target, process->network_link) < 0)
    return tc_fail (error, errno, "symlink", process->network_link);
  return 0;
}

static void
take_terminal (tc_process *process, int fd)
{
  if (process->log == NULL && (process->kind != TC_KIND_CONTAINER || process->kills_on_hangup))
    {
      tc_close_fd (&process->terminal_fd);
      process->terminal_fd = fd;
      return;
    }
  tc_stream_finish (process->streams[0]);
  process->streams[0]
      = tc_stream_open (process->processes->buffers, fd, process->log, "stdout", true);
}

/* The exec succeeded, or the child was killed before, which its wait status then shows. One that was
   killed before it could report its birth was reaped as an unknown child. */
static void
reports_end (tc_process *process)
{
  tc_loop_close (process->processes->loop, &process->report);
  if (process->pid != 0)
    {
      launched (process);
      return;
    }
  (void) tc_fail (&process->failure, ECHILD, "launch", "process was killed");
  if (process->bearer == 0)
    tc_process_end (process, 0);
}

static void
launched (tc_process *process)
{
  process->phase = TC_PHASE_RUNNING;
  if (process->kind == TC_KIND_CONTAINER && process->state_dir != NULL)
    tc_record_pid (process->state_dir, process->pid, process->start_time, tc_real_time ());
  process->launcher.listener->started (process->launcher.owner, process);
}
