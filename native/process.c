#include "process.h"

#include "cleanup.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>

/* Statuses kept for a WAIT that may still come. */
#define MAX_ENDED 1024u

tc_process *
tc_process_new (tc_processes *processes, const tc_launcher *launcher, tc_span id, tc_kind kind)
{
  tc_process *process = calloc (1, sizeof (*process));

  if (process == NULL)
    return NULL;
  process->report.fd = -1;
  process->processes = processes;
  process->launcher = *launcher;
  process->kind = kind;
  process->failure.index = -1;
  process->pidfd = -1;
  process->stdin_fd = -1;
  process->terminal_fd = -1;
  process->id = tc_span_copy (id);
  if (process->id == NULL)
    {
      free (process);
      return NULL;
    }
  return process;
}

void
tc_process_add (tc_process *process)
{
  process->next = process->processes->first;
  process->processes->first = process;
}

/* A reply that is sent when a process ends may close a client, which forgets that process too. */
void
tc_process_forget (tc_process *process)
{
  if (process->is_forgotten)
    return;
  process->is_forgotten = true;
  for (tc_process **link = &process->processes->first; *link != NULL; link = &(*link)->next)
    if (*link == process)
      {
        *link = process->next;
        break;
      }
  tc_process_free (process);
}

void
tc_process_free (tc_process *process)
{
  tc_loop_close (process->processes->loop, &process->report);
  tc_close_fd (&process->pidfd);
  tc_close_fd (&process->stdin_fd);
  tc_close_fd (&process->terminal_fd);
  tc_stream_finish (process->streams[0]);
  tc_stream_finish (process->streams[1]);
  tc_log_file_close (process->log);
  free (process->id);
  free (process->state_dir);
  free (process->network_name);
  free (process->network_link);
  tc_loop_free_later (process->processes->loop, process);
}

int
tc_process_signal (tc_process *process, int number)
{
  process->is_doomed |= process->pid == 0 && number == SIGKILL;
  if (process->pidfd < 0)
    return -ESRCH;
  return pidfd_send_signal (process->pidfd, number, NULL, 0) < 0 ? -errno : 0;
}

tc_process *
tc_processes_find (const tc_processes *processes, tc_span id)
{
  for (tc_process *process = processes->first; process != NULL; process = process->next)
    if (id.size > 0 && strlen (process->id) == id.size && memcmp (process->id, id.data, id.size) == 0)
      return process;
  return NULL;
}

tc_process *
tc_processes_find_live (const tc_processes *processes, tc_span id)
{
  tc_process *process = tc_processes_find (processes, id);

  return process != NULL && process->phase != TC_PHASE_ENDED ? process : NULL;
}

bool
tc_processes_has_container (const tc_processes *processes)
{
  for (const tc_process *process = processes->first; process != NULL; process = process->next)
    if (process->kind == TC_KIND_CONTAINER && process->phase != TC_PHASE_ENDED)
      return true;
  return false;
}

bool
tc_processes_has_live (const tc_processes *processes)
{
  for (const tc_process *process = processes->first; process != NULL; process = process->next)
    if (process->phase != TC_PHASE_ENDED)
      return true;
  return false;
}

void
tc_processes_forget_client (tc_processes *processes, const tc_client *client)
{
  tc_process *next;

  for (tc_process *process = processes->first; process != NULL; process = next)
    {
      next = process->next;
      if (process->launcher.client != client)
        continue;
      process->launcher.client = NULL;
      if (process->kills_on_hangup && process->phase != TC_PHASE_ENDED)
        (void) tc_process_signal (process, SIGKILL);
      if (process->kind == TC_KIND_AUXILIARY && process->phase == TC_PHASE_ENDED)
        tc_process_forget (process);
    }
}

void
tc_processes_forget_oldest (tc_processes *processes)
{
  tc_process *oldest = NULL;
  size_t ended = 0;

  for (tc_process *process = processes->first; process != NULL; process = process->next)
    if (process->phase == TC_PHASE_ENDED)
      {
        ended++;
        oldest = process;
      }
  if (ended > MAX_ENDED)
    tc_process_forget (oldest);
}

void
tc_processes_kill (tc_processes *processes)
{
  for (tc_process *process = processes->first; process != NULL; process = process->next)
    (void) tc_process_signal (process, SIGKILL);
}
