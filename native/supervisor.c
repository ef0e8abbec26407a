#include "supervisor.h"

#include "client.h"
#include "clock.h"
#include "launch_decode.h"
#include "note.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define FIRST_BACKOFF_MS 100u
#define LAST_BACKOFF_MS 10000u
#define LONG_LIFE_MS 10000u

static bool is_same (const tc_supervisor *supervisor, const tc_supervise_request *request);
static int spawn (tc_keeper *keeper, tc_error *error);
static void forget_program (tc_supervisor *supervisor);
static void answer_failure (tc_keeper *keeper, const tc_error *error);

void
tc_supervisor_set (tc_keeper *keeper, tc_client *client, uint64_t request_id,
                   const tc_supervise_request *request)
{
  tc_supervisor *supervisor = &keeper->supervisor;
  tc_error error = TC_NO_ERROR;
  tc_buffer empty = { 0 };
  tc_program program;

  if (is_same (supervisor, request))
    {
      tc_client_reply (keeper, client, request_id, &empty);
      return;
    }
  if (supervisor->asker != NULL)
    {
      (void) tc_fail (&error, EBUSY, "supervise", NULL);
      tc_client_reply_failure (keeper, client, request_id, &error);
      return;
    }
  if (tc_program_decode (request->program, &program, &error) < 0)
    {
      tc_client_reply_failure (keeper, client, request_id, &error);
      return;
    }
  tc_program_free (&program);
  forget_program (supervisor);
  supervisor->program = (uint8_t *) tc_span_copy (request->program);
  supervisor->program_size = request->program.size;
  supervisor->log_path = tc_span_copy (request->log_path);
  supervisor->backoff_ms = FIRST_BACKOFF_MS;
  supervisor->asker = client;
  supervisor->asker_id = request_id;
  if (supervisor->program == NULL || supervisor->log_path == NULL)
    {
      (void) tc_fail (&error, ENOMEM, "supervise", NULL);
      answer_failure (keeper, &error);
    }
  else if (supervisor->process != NULL)
    {
      supervisor->is_replaced = true;
      (void) tc_process_signal (supervisor->process, SIGKILL);
    }
  else if (spawn (keeper, &error) < 0)
    answer_failure (keeper, &error);
}

static bool
is_same (const tc_supervisor *supervisor, const tc_supervise_request *request)
{
  return supervisor->program != NULL && supervisor->asker == NULL
         && supervisor->program_size == request->program.size
         && memcmp (supervisor->program, request->program.data, request->program.size) == 0
         && strlen (supervisor->log_path) == request->log_path.size
         && memcmp (supervisor->log_path, request->log_path.data, request->log_path.size) == 0;
}

static int
spawn (tc_keeper *keeper, tc_error *error)
{
  tc_supervisor *supervisor = &keeper->supervisor;

  supervisor->spawned_at = tc_monotonic_ms ();
  supervisor->process = tc_process_launch_supervisor (
      keeper, (tc_span){ supervisor->program, supervisor->program_size }, supervisor->log_path, error);
  return supervisor->process == NULL ? -error->err : 0;
}

void
tc_supervisor_started (tc_keeper *keeper, const tc_process *process)
{
  tc_supervisor *supervisor = &keeper->supervisor;
  tc_client *asker = supervisor->asker;
  tc_buffer empty = { 0 };

  if (asker == NULL || supervisor->is_replaced || supervisor->process != process)
    return;
  supervisor->asker = NULL;
  tc_client_reply (keeper, asker, supervisor->asker_id, &empty);
}

void
tc_supervisor_ended (tc_keeper *keeper, const tc_process *process)
{
  tc_supervisor *supervisor = &keeper->supervisor;
  uint64_t now = tc_monotonic_ms ();
  bool ended_well = WIFEXITED (process->wait_status) && WEXITSTATUS (process->wait_status) == 0;

  supervisor->process = NULL;
  if (supervisor->program == NULL)
    return;
  if (supervisor->is_replaced)
    {
      supervisor->is_replaced = false;
      supervisor->respawn_at = now;
      return;
    }
  if (process->failure.err != 0)
    {
      tc_note ("cannot start the supervisor", &process->failure);
      if (supervisor->asker != NULL)
        {
          answer_failure (keeper, &process->failure);
          return;
        }
    }
  else if (ended_well)
    {
      /* A container that started while the supervisor was about to end would be left without one: the SUPERVISE
         that came with it found a supervisor that ran. */
      if (tc_processes_has_container (keeper))
        supervisor->respawn_at = now + FIRST_BACKOFF_MS;
      else
        forget_program (supervisor);
      return;
    }
  if (now - supervisor->spawned_at >= LONG_LIFE_MS)
    supervisor->backoff_ms = FIRST_BACKOFF_MS;
  supervisor->respawn_at = now + supervisor->backoff_ms;
  supervisor->backoff_ms
      = supervisor->backoff_ms * 2 > LAST_BACKOFF_MS ? LAST_BACKOFF_MS : supervisor->backoff_ms * 2;
}

void
tc_supervisor_forget_client (tc_keeper *keeper, const tc_client *client)
{
  if (keeper->supervisor.asker == client)
    keeper->supervisor.asker = NULL;
}

bool
tc_supervisor_is_wanted (const tc_keeper *keeper)
{
  return keeper->supervisor.program != NULL;
}

int
tc_supervisor_tick (tc_keeper *keeper)
{
  tc_supervisor *supervisor = &keeper->supervisor;
  tc_error error = TC_NO_ERROR;
  uint64_t now;

  if (supervisor->program == NULL || supervisor->process != NULL)
    return -1;
  now = tc_monotonic_ms ();
  if (now < supervisor->respawn_at)
    return (int) (supervisor->respawn_at - now);
  if (spawn (keeper, &error) == 0)
    return -1;
  tc_note ("cannot start the supervisor", &error);
  if (supervisor->asker != NULL)
    {
      answer_failure (keeper, &error);
      return -1;
    }
  supervisor->respawn_at = now + LAST_BACKOFF_MS;
  return (int) LAST_BACKOFF_MS;
}

static void
forget_program (tc_supervisor *supervisor)
{
  free (supervisor->program);
  free (supervisor->log_path);
  supervisor->program = NULL;
  supervisor->log_path = NULL;
}

/* A program whose first run failed is not tried again. */
static void
answer_failure (tc_keeper *keeper, const tc_error *error)
{
  tc_client *asker = keeper->supervisor.asker;

  forget_program (&keeper->supervisor);
  keeper->supervisor.asker = NULL;
  tc_client_reply_failure (keeper, asker, keeper->supervisor.asker_id, error);
}
