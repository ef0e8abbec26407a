/* Runs as the keeper's user. Ids, paths and programs come from clients of the same user and were checked
   by the readers in protocol.c and launch_decode.c. */
#include "process.h"

#include "cleanup.h"
#include "clock.h"
#include "descriptors.h"
#include "launch_decode.h"
#include "records.h"
#include "spawn.h"
#include "stdio_setup.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* Statuses kept for a WAIT that may still come. */
#define MAX_ENDED 1024u

struct tc_wait
{
  tc_wait *next;
  tc_process *process;
  tc_client *client;
  uint64_t id;
};

static tc_process *new_process (tc_span id, tc_kind kind);
static int launch_with (tc_keeper *keeper, const tc_launch_request *request, const tc_stdio *stdio,
                        tc_process **launched_process, tc_error *error);
static void open_streams (tc_keeper *keeper, tc_process *process, tc_stdio *stdio);
static void add (tc_keeper *keeper, tc_process *process);
static int start (tc_keeper *keeper, tc_process *process, tc_birth *birth, tc_span program,
                  tc_error *error);
static void report_ready (tc_keeper *keeper, tc_source *source, uint32_t events);
static void take_birth (tc_keeper *keeper, tc_process *process, pid_t pid);
static bool is_new_child (const tc_keeper *keeper, pid_t pid);
static void take_failure (tc_keeper *keeper, tc_process *process, tc_report *report);
static void reports_end (tc_keeper *keeper, tc_process *process);
static void take_terminal (tc_keeper *keeper, tc_process *process, int fd);
static void launched (tc_keeper *keeper, tc_process *process);
static void read_births (tc_keeper *keeper);
static void child_ended (tc_keeper *keeper, pid_t pid, int wait_status);
static void bearer_ended (tc_keeper *keeper, tc_process *process, int wait_status);
static void process_ended (tc_keeper *keeper, tc_process *process, int wait_status);
static void read_last_reports (tc_keeper *keeper, tc_process *process);
static void launch_failed (tc_keeper *keeper, tc_process *process);
static void answer_waits (tc_keeper *keeper, tc_process *process);
static void put_exit (tc_buffer *payload, const tc_process *process);
static void release (tc_keeper *keeper, tc_process *process);
static void forget (tc_keeper *keeper, tc_process *process);
static void forget_oldest (tc_keeper *keeper);

int
tc_process_launch (tc_keeper *keeper, tc_client *client, uint64_t request_id,
                   const tc_launch_request *request, tc_error *error)
{
  tc_stdio stdio = TC_NO_STDIO;
  /* First of all: descriptors that stay behind would go to the next launch. */
  int result = tc_open_stdio (keeper, client, request, &stdio, error);
  tc_process *process = NULL;

  if (result == 0)
    result = launch_with (keeper, request, &stdio, &process, error);
  if (result == 0)
    {
      process->owner = client;
      process->request_id = request_id;
      process->kills_on_hangup = (request->flags & TC_LAUNCH_KILL_ON_HANGUP) != 0;
      process->log_fd = tc_steal_fd (&stdio.log);
      process->stdin_fd = tc_steal_fd (&stdio.stdin_write);
      open_streams (keeper, process, &stdio);
    }
  tc_close_stdio (&stdio);
  return result;
}

static int
launch_with (tc_keeper *keeper, const tc_launch_request *request, const tc_stdio *stdio,
             tc_process **launched_process, tc_error *error)
{
  tc_auto_free char *cgroup = tc_span_copy (request->cgroup);
  tc_process *remembered = tc_process_find (keeper, request->id);
  tc_process *process;
  tc_birth birth = { .clone_flags = request->clone_flags, .target_fd = -1 };

  if (remembered != NULL && remembered->phase != TC_PHASE_ENDED)
    return tc_fail (error, EEXIST, "launch", remembered->id);
  if (request->join.size > 0)
    {
      const tc_process *target = tc_process_find_live (keeper, request->join);

      if (target == NULL || target->phase != TC_PHASE_RUNNING)
        return tc_fail (error, ESRCH, "launch", "container to join");
      birth.target_fd = target->pidfd;
    }
  process = new_process (request->id, request->kind);
  if (process == NULL || cgroup == NULL)
    return tc_fail (error, ENOMEM, "launch", NULL);
  process->state_dir = request->state_dir.size > 0 ? tc_span_copy (request->state_dir) : NULL;
  if (process->state_dir != NULL)
    tc_records_clear (process->state_dir);
  birth.cgroup = request->cgroup.size > 0 ? cgroup : NULL;
  memcpy (birth.stdio, stdio->child, sizeof (birth.stdio));
  if (start (keeper, process, &birth, request->program, error) < 0)
    {
      release (keeper, process);
      return -error->err;
    }
  if (remembered != NULL)
    forget (keeper, remembered);
  add (keeper, process);
  *launched_process = process;
  return 0;
}

static void
open_streams (tc_keeper *keeper, tc_process *process, tc_stdio *stdio)
{
  static const char *const names[2] = { "stdout", "stderr" };

  for (int output = 0; output < 2; output++)
    if (stdio->output_read[output] >= 0)
      process->streams[output]
          = tc_stream_open (keeper, tc_steal_fd (&stdio->output_read[output]), process->log_fd,
                            names[output], false);
}

static void
add (tc_keeper *keeper, tc_process *process)
{
  process->next = keeper->processes;
  keeper->processes = process;
}

tc_process *
tc_process_launch_supervisor (tc_keeper *keeper, tc_span program, const char *log_path,
                              tc_error *error)
{
  tc_process *process = new_process ((tc_span){ (const uint8_t *) "", 0 }, TC_KIND_SUPERVISOR);
  tc_auto_fd log = -1;
  tc_birth birth = { .target_fd = -1 };

  if (process == NULL)
    {
      (void) tc_fail (error, ENOMEM, "supervise", NULL);
      return NULL;
    }
  log = log_path[0] == '\0' ? fcntl (keeper->null_fd, F_DUPFD_CLOEXEC, 3) : tc_open_log (log_path, error);
  birth.stdio[0] = keeper->null_fd;
  birth.stdio[1] = log;
  birth.stdio[2] = log;
  if (log < 0 || start (keeper, process, &birth, program, error) < 0)
    {
      release (keeper, process);
      return NULL;
    }
  add (keeper, process);
  return process;
}

static tc_process *
new_process (tc_span id, tc_kind kind)
{
  tc_process *process = calloc (1, sizeof (*process));

  if (process == NULL)
    return NULL;
  process->report.fd = -1;
  process->report.ready = report_ready;
  process->kind = kind;
  process->failure.index = -1;
  process->pidfd = -1;
  process->stdin_fd = -1;
  process->terminal_fd = -1;
  process->log_fd = -1;
  process->id = tc_span_copy (id);
  if (process->id == NULL)
    {
      free (process);
      return NULL;
    }
  return process;
}

static int
start (tc_keeper *keeper, tc_process *process, tc_birth *birth, tc_span program, tc_error *error)
{
  tc_auto_program decoded = { 0 };
  tc_child child = { .pidfd = -1, .report_fd = -1 };

  if (tc_program_decode (program, &decoded, error) < 0)
    return -error->err;
  error->index = -1;
  birth->program = &decoded;
  birth->nofile = keeper->nofile;
  birth->resets_oom_score = keeper->resets_oom_score;
  if (tc_spawn (birth, &child, error) < 0)
    return -error->err;
  process->pidfd = child.pidfd;
  process->report.fd = child.report_fd;
  if (birth->target_fd >= 0)
    process->bearer = child.pid;
  else
    {
      process->pid = child.pid;
      process->start_time = tc_start_time (child.pid);
    }
  if (tc_loop_watch (&keeper->loop, &process->report, EPOLLIN) < 0)
    {
      /* Without its report the launch would never be answered. */
      (void) tc_process_signal (process, SIGKILL);
      return tc_fail (error, ENOMEM, "epoll_ctl", NULL);
    }
  return 0;
}

static void
report_ready (tc_keeper *keeper, tc_source *source, uint32_t events)
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
      take_terminal (keeper, process, fds[0]);
      return;
    }
  while (count > 0)
    (void) close (fds[--count]);
  if (size == (ssize_t) sizeof (report) && report.kind == TC_REPORT_BORN)
    take_birth (keeper, process, sender);
  else if (size == (ssize_t) sizeof (report) && report.kind == TC_REPORT_FAILED)
    take_failure (keeper, process, &report);
  else
    reports_end (keeper, process);
}

/* Its pid is not taken on trust: a tracer in the container may be the one that reports. */
static void
take_birth (tc_keeper *keeper, tc_process *process, pid_t pid)
{
  if (process->pid != 0 || !is_new_child (keeper, pid))
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
is_new_child (const tc_keeper *keeper, pid_t pid)
{
  siginfo_t info;

  for (const tc_process *process = keeper->processes; process != NULL; process = process->next)
    if (process->phase != TC_PHASE_ENDED
        && ((process->pid == pid && !process->has_ended) || process->bearer == pid))
      return false;
  return pid > 0 && waitid (P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
take_failure (tc_keeper *keeper, tc_process *process, tc_report *report)
{
  memcpy (process->failure_what, report->what, sizeof (report->what));
  process->failure_what[sizeof (report->what) - 1] = '\0';
  report->path[sizeof (report->path) - 1] = '\0';
  (void) tc_fail (&process->failure, report->err, process->failure_what, report->path);
  process->failure.index = report->index;
  /* The rest of it too, where an init waits. The reply follows when it is reaped. */
  (void) tc_process_signal (process, SIGKILL);
  tc_loop_close (&keeper->loop, &process->report);
}

/* The exec succeeded, or the child was killed before, which its wait status then shows. One that was
   killed before it could report its birth was reaped as a stranger. */
static void
reports_end (tc_keeper *keeper, tc_process *process)
{
  tc_loop_close (&keeper->loop, &process->report);
  if (process->pid != 0)
    {
      launched (keeper, process);
      return;
    }
  (void) tc_fail (&process->failure, ECHILD, "launch", "process was killed");
  if (process->bearer == 0)
    process_ended (keeper, process, 0);
}

static void
take_terminal (tc_keeper *keeper, tc_process *process, int fd)
{
  if (process->kind != TC_KIND_CONTAINER && process->log_fd < 0)
    {
      tc_close_fd (&process->terminal_fd);
      process->terminal_fd = fd;
      return;
    }
  tc_stream_finish (keeper, process->streams[0]);
  process->streams[0] = tc_stream_open (keeper, fd, process->log_fd, "stdout", true);
}

static void
launched (tc_keeper *keeper, tc_process *process)
{
  tc_auto_buffer reply = { 0 };

  process->phase = TC_PHASE_RUNNING;
  if (process->kind == TC_KIND_SUPERVISOR)
    {
      tc_supervisor_started (keeper, process);
      return;
    }
  if (process->kind == TC_KIND_CONTAINER)
    {
      tc_auto_buffer event = { 0 };

      if (process->state_dir != NULL)
        tc_record_pid (process->state_dir, process->pid, process->start_time, tc_real_time ());
      tc_put_text (&event, process->id);
      tc_put_u32 (&event, (uint32_t) process->pid);
      tc_clients_announce (keeper, TC_STARTED, &event);
    }
  tc_put_u32 (&reply, (uint32_t) process->pid);
  tc_put_u64 (&reply, process->start_time);
  if (process->owner != NULL)
    {
      const tc_header header = { .id = process->request_id };
      size_t count = process->terminal_fd >= 0 ? 1 : 0;
      int terminal = tc_steal_fd (&process->terminal_fd);

      tc_client_reply_with (keeper, process->owner, &header, &reply, &terminal, count);
    }
}

void
tc_processes_reap (tc_keeper *keeper, tc_source *source, uint32_t events)
{
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
      /* What the dead have reported is there by now, and a birth counts only before the pid is reaped. */
      read_births (keeper);
      pid = waitpid (info.si_pid, &wait_status, WNOHANG);
      if (pid > 0)
        child_ended (keeper, pid, wait_status);
    }
}

/* The first report of a process that joins a container is its birth, its failure or the end. */
static void
read_births (tc_keeper *keeper)
{
  tc_process *next;

  for (tc_process *process = keeper->processes; process != NULL; process = next)
    {
      next = process->next;
      if (process->pid == 0 && process->report.fd >= 0)
        report_ready (keeper, &process->report, 0);
    }
}

static void
child_ended (tc_keeper *keeper, pid_t pid, int wait_status)
{
  for (tc_process *process = keeper->processes; process != NULL; process = process->next)
    {
      if (process->phase == TC_PHASE_ENDED)
        continue;
      if (process->bearer == pid)
        bearer_ended (keeper, process, wait_status);
      else if (process->pid != pid || process->has_ended)
        continue;
      else if (process->bearer == 0)
        process_ended (keeper, process, wait_status);
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
bearer_ended (tc_keeper *keeper, tc_process *process, int wait_status)
{
  process->bearer = 0;
  if (process->has_ended)
    process_ended (keeper, process, process->wait_status);
  else if (process->pid == 0 && process->report.fd < 0)
    process_ended (keeper, process, wait_status);
}

static void
process_ended (tc_keeper *keeper, tc_process *process, int wait_status)
{
  read_last_reports (keeper, process);
  process->finished_at = tc_real_time ();
  process->wait_status = wait_status;
  tc_stream_finish (keeper, process->streams[0]);
  tc_stream_finish (keeper, process->streams[1]);
  process->streams[0] = NULL;
  process->streams[1] = NULL;
  tc_close_fd (&process->stdin_fd);
  tc_close_fd (&process->pidfd);
  tc_close_fd (&process->log_fd);
  tc_close_fd (&process->terminal_fd);

  if (process->kind == TC_KIND_SUPERVISOR)
    {
      tc_supervisor_ended (keeper, process);
      forget (keeper, process);
      return;
    }
  if (process->failure.err != 0)
    {
      launch_failed (keeper, process);
      return;
    }
  process->phase = TC_PHASE_ENDED;
  if (process->kind == TC_KIND_CONTAINER)
    {
      tc_auto_buffer event = { 0 };

      if (process->state_dir != NULL)
        tc_record_exit (process->state_dir, wait_status, process->finished_at);
      tc_put_text (&event, process->id);
      put_exit (&event, process);
      tc_clients_announce (keeper, TC_EXITED, &event);
    }
  answer_waits (keeper, process);
}

/* At most three are unread: a terminal, a failure, the end. */
static void
read_last_reports (tc_keeper *keeper, tc_process *process)
{
  for (int reports = 0; reports < 3 && process->report.fd >= 0; reports++)
    report_ready (keeper, &process->report, 0);
  if (process->report.fd < 0)
    return;
  /* A child of its init still holds the other end. */
  tc_loop_close (&keeper->loop, &process->report);
  (void) tc_fail (&process->failure, ECHILD, "launch", "init was killed");
}

/* Whoever waited for it learns that there is nothing to wait for. */
static void
launch_failed (tc_keeper *keeper, tc_process *process)
{
  if (process->owner != NULL)
    tc_client_reply_failure (keeper, process->owner, process->request_id, &process->failure);
  forget (keeper, process);
}

void
tc_process_await (tc_keeper *keeper, tc_process *process, tc_client *client, uint64_t id)
{
  tc_wait *wait = calloc (1, sizeof (*wait));
  tc_error error = TC_NO_ERROR;

  if (wait == NULL)
    {
      (void) tc_fail (&error, ENOMEM, "wait", NULL);
      tc_client_reply_failure (keeper, client, id, &error);
      return;
    }
  *wait = (tc_wait){ keeper->waits, process, client, id };
  keeper->waits = wait;
  if (process->phase == TC_PHASE_ENDED)
    answer_waits (keeper, process);
}

/* An auxiliary process is forgotten once someone was told, or when nobody is left who may ask. */
static void
answer_waits (tc_keeper *keeper, tc_process *process)
{
  tc_auto_buffer payload = { 0 };
  bool told = false;

  put_exit (&payload, process);
  for (tc_wait **link = &keeper->waits; *link != NULL;)
    {
      tc_wait *wait = *link;

      if (wait->process != process)
        {
          link = &wait->next;
          continue;
        }
      *link = wait->next;
      told = true;
      tc_client_reply (keeper, wait->client, wait->id, &payload);
      free (wait);
      /* A reply that fails closes its client and drops that client's other waits. */
      link = &keeper->waits;
    }
  if (process->kind == TC_KIND_AUXILIARY && (told || process->owner == NULL))
    forget (keeper, process);
  else
    forget_oldest (keeper);
}

static void
put_exit (tc_buffer *payload, const tc_process *process)
{
  tc_put_u32 (payload, (uint32_t) process->wait_status);
  tc_put_u64 (payload, process->finished_at);
}

void
tc_processes_forget_client (tc_keeper *keeper, tc_client *client)
{
  tc_process *next;

  for (tc_wait **link = &keeper->waits; *link != NULL;)
    {
      tc_wait *wait = *link;

      if (wait->client == client)
        {
          *link = wait->next;
          free (wait);
        }
      else
        link = &wait->next;
    }
  for (tc_process *process = keeper->processes; process != NULL; process = next)
    {
      next = process->next;
      if (process->owner != client)
        continue;
      process->owner = NULL;
      if (process->kills_on_hangup && process->phase != TC_PHASE_ENDED)
        (void) tc_process_signal (process, SIGKILL);
      if (process->kind == TC_KIND_AUXILIARY && process->phase == TC_PHASE_ENDED)
        forget (keeper, process);
    }
}

tc_process *
tc_process_find (tc_keeper *keeper, tc_span id)
{
  for (tc_process *process = keeper->processes; process != NULL; process = process->next)
    if (id.size > 0 && strlen (process->id) == id.size && memcmp (process->id, id.data, id.size) == 0)
      return process;
  return NULL;
}

tc_process *
tc_process_find_live (tc_keeper *keeper, tc_span id)
{
  tc_process *process = tc_process_find (keeper, id);

  return process != NULL && process->phase != TC_PHASE_ENDED ? process : NULL;
}

int
tc_process_signal (tc_process *process, int number)
{
  process->is_doomed |= process->pid == 0 && number == SIGKILL;
  if (process->pidfd < 0)
    return -ESRCH;
  return pidfd_send_signal (process->pidfd, number, NULL, 0) < 0 ? -errno : 0;
}

bool
tc_processes_has_container (const tc_keeper *keeper)
{
  for (const tc_process *process = keeper->processes; process != NULL; process = process->next)
    if (process->kind == TC_KIND_CONTAINER && process->phase != TC_PHASE_ENDED)
      return true;
  return false;
}

void
tc_processes_kill (tc_keeper *keeper)
{
  for (tc_process *process = keeper->processes; process != NULL; process = process->next)
    (void) tc_process_signal (process, SIGKILL);
}

/* Removes it from the table. A reply to a wait may close a client, which comes back here. */
static void
forget (tc_keeper *keeper, tc_process *process)
{
  if (process->is_forgotten)
    return;
  process->is_forgotten = true;
  for (tc_process **link = &keeper->processes; *link != NULL; link = &(*link)->next)
    if (*link == process)
      {
        *link = process->next;
        break;
      }
  for (tc_wait **link = &keeper->waits; *link != NULL;)
    {
      tc_wait *wait = *link;

      if (wait->process == process)
        {
          tc_error error = TC_NO_ERROR;

          *link = wait->next;
          (void) tc_fail (&error, ESRCH, "wait", process->id);
          tc_client_reply_failure (keeper, wait->client, wait->id, &error);
          free (wait);
          link = &keeper->waits;
        }
      else
        link = &wait->next;
    }
  release (keeper, process);
}

/* Frees what it holds; it is in no list. */
static void
release (tc_keeper *keeper, tc_process *process)
{
  tc_loop_close (&keeper->loop, &process->report);
  tc_close_fd (&process->pidfd);
  tc_close_fd (&process->stdin_fd);
  tc_close_fd (&process->terminal_fd);
  tc_close_fd (&process->log_fd);
  tc_stream_finish (keeper, process->streams[0]);
  tc_stream_finish (keeper, process->streams[1]);
  free (process->id);
  free (process->state_dir);
  tc_loop_free_later (&keeper->loop, process);
}

/* The table is in order of launch, latest first. */
static void
forget_oldest (tc_keeper *keeper)
{
  tc_process *oldest = NULL;
  size_t ended = 0;

  for (tc_process *process = keeper->processes; process != NULL; process = process->next)
    if (process->phase == TC_PHASE_ENDED)
      {
        ended++;
        oldest = process;
      }
  if (ended > MAX_ENDED)
    forget (keeper, oldest);
}
