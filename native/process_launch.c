/* Runs as the keeper's user. Ids, paths and programs come from clients of the same user and were checked
   by the readers in protocol.c and launch_decode.c. */
#include "process_launch.h"

#include "birth.h"
#include "cleanup.h"
#include "launch_decode.h"
#include "log_file.h"
#include "process_report.h"
#include "records.h"
#include "spawn.h"
#include "start_time.h"
#include "stdio_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>

static int launch_with (tc_processes *processes, const tc_launcher *launcher,
                        const tc_launch_request *request, tc_stdio *stdio, tc_error *error);
static int start (tc_process *process, tc_birth *birth, tc_span program, tc_error *error);
static int find_held_files (const tc_held_list *list, const tc_program *program, tc_birth *birth,
                            int held[TC_MAX_HELD_FILES], tc_error *error);
static int find_network (tc_process *process, const tc_program *program, tc_birth *birth,
                         tc_error *error);
static void take_stdio (tc_process *process, tc_stdio *stdio);

int
tc_process_launch (tc_processes *processes, const tc_launcher *launcher,
                   const tc_launch_request *request, tc_error *error)
{
  tc_stdio stdio = TC_NO_STDIO;
  /* First of all: descriptors that stay behind would go to the next launch. */
  int result = tc_open_stdio (processes->null_fd, launcher->client, request, &stdio, error);

  if (result == 0)
    result = launch_with (processes, launcher, request, &stdio, error);
  tc_close_stdio (&stdio);
  return result;
}

static int
launch_with (tc_processes *processes, const tc_launcher *launcher, const tc_launch_request *request,
             tc_stdio *stdio, tc_error *error)
{
  tc_auto_free char *cgroup = tc_span_copy (request->cgroup);
  tc_process *remembered = tc_processes_find (processes, request->id);
  tc_process *process;
  tc_birth birth = { .clone_flags = request->clone_flags, .target_fd = -1 };

  if (remembered != NULL && remembered->phase != TC_PHASE_ENDED)
    return tc_fail (error, EEXIST, "launch", remembered->id);
  if (request->join.size > 0)
    {
      const tc_process *target = tc_processes_find_live (processes, request->join);

      if (target == NULL || target->phase != TC_PHASE_RUNNING)
        return tc_fail (error, ESRCH, "launch", "container to join");
      birth.target_fd = target->pidfd;
    }
  process = cgroup == NULL ? NULL
                           : tc_process_new (processes, launcher, request->id, request->kind);
  if (process == NULL)
    return tc_fail (error, ENOMEM, "launch", NULL);
  process->kills_on_hangup = (request->flags & TC_LAUNCH_KILL_ON_HANGUP) != 0;
  process->state_dir = request->state_dir.size > 0 ? tc_span_copy (request->state_dir) : NULL;
  if (process->state_dir != NULL)
    tc_records_clear (process->state_dir);
  birth.cgroup = request->cgroup.size > 0 ? cgroup : NULL;
  memcpy (birth.stdio, stdio->child, sizeof (birth.stdio));
  if (start (process, &birth, request->program, error) < 0)
    {
      tc_process_free (process);
      return -error->err;
    }
  if (remembered != NULL)
    tc_process_forget (remembered);
  tc_process_add (process);
  take_stdio (process, stdio);
  return 0;
}

tc_process *
tc_process_launch_supervisor (tc_processes *processes, const tc_launcher *launcher,
                              tc_span program, const char *log_path, tc_error *error)
{
  tc_process *process
      = tc_process_new (processes, launcher, (tc_span){ (const uint8_t *) "", 0 }, TC_KIND_SUPERVISOR);
  tc_auto_fd log = -1;
  tc_birth birth = { .target_fd = -1 };

  if (process == NULL)
    {
      (void) tc_fail (error, ENOMEM, "supervise", NULL);
      return NULL;
    }
  log = log_path[0] == '\0' ? fcntl (processes->null_fd, F_DUPFD_CLOEXEC, 3)
                            : tc_open_log (log_path, error);
  birth.stdio[0] = processes->null_fd;
  birth.stdio[1] = log;
  birth.stdio[2] = log;
  if (log < 0 || start (process, &birth, program, error) < 0)
    {
      tc_process_free (process);
      return NULL;
    }
  tc_process_add (process);
  return process;
}

static int
start (tc_process *process, tc_birth *birth, tc_span program, tc_error *error)
{
  const tc_processes *processes = process->processes;
  tc_auto_program decoded = { 0 };
  tc_child child = { .pidfd = -1, .report_fd = -1 };
  int held[TC_MAX_HELD_FILES];

  birth->held = held;
  if (tc_program_decode (program, &decoded, error) < 0
      || find_held_files (processes->held, &decoded, birth, held, error) < 0
      || find_network (process, &decoded, birth, error) < 0)
    return -error->err;
  error->index = -1;
  birth->program = &decoded;
  birth->nofile = processes->nofile;
  birth->resets_oom_score = processes->resets_oom_score;
  if (tc_spawn (birth, &child, error) < 0)
    return -error->err;
  process->pidfd = child.pidfd;
  process->report.fd = child.report_fd;
  process->report.ready = tc_process_report_ready;
  if (birth->target_fd >= 0 || tc_chooses_birthplace (&decoded))
    process->bearer = child.pid;
  else
    {
      process->pid = child.pid;
      process->start_time = tc_start_time (child.pid);
    }
  if (tc_loop_watch (processes->loop, &process->report, EPOLLIN) < 0)
    {
      /* Without its report the launch would never be answered. */
      (void) tc_process_signal (process, SIGKILL);
      return tc_fail (error, ENOMEM, "epoll_ctl", NULL);
    }
  return 0;
}

/* Finds what the program copies. On failure `error->index` is the operation. */
static int
find_held_files (const tc_held_list *list, const tc_program *program, tc_birth *birth,
                 int held[TC_MAX_HELD_FILES], tc_error *error)
{
  for (size_t index = 0; index < program->count; index++)
    {
      tc_operation *operation = &program->operations[index];
      const char *name = operation->text[1];
      int fd;

      if (operation->code != TC_OP_WRITE_HELD)
        continue;
      error->index = (int) index;
      fd = tc_held_find (list, name, TC_HELD_FILE);
      if (fd < 0)
        return tc_fail (error, ENOENT, "find held file", name);
      if (birth->held_count == TC_MAX_HELD_FILES)
        return tc_fail (error, E2BIG, "find held file", name);
      operation->held = birth->held_count;
      held[birth->held_count++] = fd;
    }
  return 0;
}

/* A launch that is repeated finds the network of the first. */
static int
find_network (tc_process *process, const tc_program *program, tc_birth *birth, tc_error *error)
{
  birth->network_fd = -1;
  for (size_t index = 0; index < program->count; index++)
    {
      const tc_operation *operation = &program->operations[index];

      if (operation->code != TC_OP_MAKE_NETWORK)
        continue;
      process->network_name = strdup (operation->text[0]);
      process->network_link = strdup (operation->text[1]);
      if (process->network_name == NULL || process->network_link == NULL)
        return tc_fail (error, ENOMEM, "launch", NULL);
      birth->network_fd
          = tc_held_find (process->processes->held, operation->text[0], TC_HELD_NETWORK);
    }
  return 0;
}

/* Takes the keeper's ends. */
static void
take_stdio (tc_process *process, tc_stdio *stdio)
{
  static const char *const names[2] = { "stdout", "stderr" };

  process->log = stdio->log;
  stdio->log = NULL;
  process->stdin_fd = tc_steal_fd (&stdio->stdin_write);
  for (int output = 0; output < 2; output++)
    if (stdio->output_read[output] >= 0)
      process->streams[output]
          = tc_stream_open (process->processes->buffers, tc_steal_fd (&stdio->output_read[output]),
                            process->log, names[output], false);
}
