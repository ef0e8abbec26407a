#include "supervisor.h"

#include "clock.h"
#include "launch_decode.h"
#include "note.h"
#include "process_launch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#define FIRST_BACKOFF_MS 100u
#define LAST_BACKOFF_MS 10000u
#define LONG_LIFE_MS 10000u
/* A supervisor that rests so soon has found nothing to do: what wakes it may do so for ever. */
#define SHORT_LIFE_MS 1000u
#define SOON_MS 50u

static bool is_same (const tc_supervisor *supervisor, const tc_supervise_request *wanted);
static int spawn (tc_supervisor *supervisor, tc_error *error);
static void started (void *owner, tc_process *process);
static void ended (void *owner, tc_process *process);
static void failed (void *owner, tc_process *process);
static bool lose_process (tc_supervisor *supervisor);
static void back_off (tc_supervisor *supervisor);
static uint32_t next_backoff (tc_supervisor *supervisor);
static void begin_rest (tc_supervisor *supervisor);
static void end_rest (tc_supervisor *supervisor, uint32_t delay_ms);
static void entrusted_ready (tc_source *source, uint32_t events);
static void forget_program (tc_supervisor *supervisor);
static void answer_failure (tc_supervisor *supervisor, const tc_error *error);

static const tc_process_listener listener = { started, ended, failed };

int
tc_supervisor_open (tc_supervisor *supervisor, int wake_set)
{
  supervisor->wake = (tc_source){ .fd = wake_set, .ready = entrusted_ready };
  return tc_loop_watch (supervisor->processes->loop, &supervisor->wake, 0);
}

void
tc_supervisor_set (tc_supervisor *supervisor, const tc_request *request,
                   const tc_supervise_request *wanted)
{
  tc_error error = TC_NO_ERROR;
  tc_buffer empty = { 0 };
  tc_program program;

  if (is_same (supervisor, wanted))
    {
      tc_supervisor_wake (supervisor, TC_WAKE_NOW);
      tc_client_reply (request->client, request->id, &empty);
      return;
    }
  if (supervisor->asker != NULL)
    {
      (void) tc_fail (&error, EBUSY, "supervise", NULL);
      tc_client_reply_failure (request->client, request->id, &error);
      return;
    }
  if (tc_program_decode (wanted->program, &program, &error) < 0)
    {
      tc_client_reply_failure (request->client, request->id, &error);
      return;
    }
  tc_program_free (&program);
  forget_program (supervisor);
  supervisor->program = (uint8_t *) tc_span_copy (wanted->program);
  supervisor->program_size = wanted->program.size;
  supervisor->log_path = tc_span_copy (wanted->log_path);
  supervisor->backoff_ms = FIRST_BACKOFF_MS;
  if (supervisor->rests)
    end_rest (supervisor, 0);
  supervisor->asker = request->client;
  supervisor->asker_id = request->id;
  if (supervisor->program == NULL || supervisor->log_path == NULL)
    {
      (void) tc_fail (&error, ENOMEM, "supervise", NULL);
      answer_failure (supervisor, &error);
    }
  else if (supervisor->process != NULL)
    {
      supervisor->is_replaced = true;
      (void) tc_process_signal (supervisor->process, SIGKILL);
    }
  else if (spawn (supervisor, &error) < 0)
    answer_failure (supervisor, &error);
}

static bool
is_same (const tc_supervisor *supervisor, const tc_supervise_request *wanted)
{
  return supervisor->program != NULL && supervisor->asker == NULL
         && supervisor->program_size == wanted->program.size
         && memcmp (supervisor->program, wanted->program.data, wanted->program.size) == 0
         && strlen (supervisor->log_path) == wanted->log_path.size
         && memcmp (supervisor->log_path, wanted->log_path.data, wanted->log_path.size) == 0;
}

static int
spawn (tc_supervisor *supervisor, tc_error *error)
{
  const tc_launcher launcher = { .listener = &listener, .owner = supervisor };

  supervisor->spawned_at = tc_monotonic_ms ();
  supervisor->is_to_rest = false;
  supervisor->is_woken = false;
  supervisor->process = tc_process_launch_supervisor (
      supervisor->processes, &launcher, (tc_span){ supervisor->program, supervisor->program_size },
      supervisor->log_path, error);
  return supervisor->process == NULL ? -error->err : 0;
}

static void
started (void *owner, tc_process *process)
{
  tc_supervisor *supervisor = owner;
  tc_client *asker = supervisor->asker;
  tc_buffer empty = { 0 };

  if (asker == NULL || supervisor->is_replaced || supervisor->process != process)
    return;
  supervisor->asker = NULL;
  tc_client_reply (asker, supervisor->asker_id, &empty);
}

static void
ended (void *owner, tc_process *process)
{
  tc_supervisor *supervisor = owner;
  bool ended_well = WIFEXITED (process->wait_status) && WEXITSTATUS (process->wait_status) == 0;

  tc_process_forget (process);
  if (!lose_process (supervisor))
    return;
  if (!ended_well)
    back_off (supervisor);
  else if (supervisor->is_to_rest)
    begin_rest (supervisor);
  else if (!tc_processes_has_container (supervisor->processes))
    forget_program (supervisor);
  else
    /* A container that started while the supervisor was about to end would be left without one: the SUPERVISE
       that came with it found a supervisor that ran. */
    supervisor->respawn_at = tc_monotonic_ms () + FIRST_BACKOFF_MS;
}

static void
failed (void *owner, tc_process *process)
{
  tc_supervisor *supervisor = owner;

  if (!lose_process (supervisor))
    return;
  tc_note ("cannot start the supervisor", &process->failure);
  if (supervisor->asker != NULL)
    answer_failure (supervisor, &process->failure);
  else
    back_off (supervisor);
}

/* Returns false if the process ended because of SUPERVISE: no program is wanted, or another one is and runs
   at once. */
static bool
lose_process (tc_supervisor *supervisor)
{
  supervisor->process = NULL;
  if (supervisor->program == NULL)
    return false;
  if (!supervisor->is_replaced)
    return true;
  supervisor->is_replaced = false;
  supervisor->respawn_at = tc_monotonic_ms ();
  return false;
}

static void
back_off (tc_supervisor *supervisor)
{
  uint64_t now = tc_monotonic_ms ();

  if (now - supervisor->spawned_at >= LONG_LIFE_MS)
    supervisor->backoff_ms = FIRST_BACKOFF_MS;
  supervisor->respawn_at = now + next_backoff (supervisor);
}

static uint32_t
next_backoff (tc_supervisor *supervisor)
{
  uint32_t backoff_ms = supervisor->backoff_ms;

  supervisor->backoff_ms = backoff_ms * 2 > LAST_BACKOFF_MS ? LAST_BACKOFF_MS : backoff_ms * 2;
  return backoff_ms;
}

int
tc_supervisor_rest (tc_supervisor *supervisor, tc_error *error)
{
  if (supervisor->process == NULL || supervisor->is_replaced)
    return tc_fail (error, ESRCH, "rest", "no supervisor runs");
  supervisor->is_to_rest = true;
  supervisor->is_woken = false;
  return 0;
}

void
tc_supervisor_wake (tc_supervisor *supervisor, tc_wake wake)
{
  supervisor->is_woken = true;
  if (supervisor->rests)
    end_rest (supervisor, wake == TC_WAKE_SOON ? SOON_MS : 0);
}

/* Without a container there is nothing to wake it, unless the end of the last one already has. */
static void
begin_rest (tc_supervisor *supervisor)
{
  bool is_short = tc_monotonic_ms () - supervisor->spawned_at < SHORT_LIFE_MS;

  if (!supervisor->is_woken && !tc_processes_has_container (supervisor->processes))
    {
      forget_program (supervisor);
      return;
    }
  if (!is_short)
    supervisor->backoff_ms = FIRST_BACKOFF_MS;
  supervisor->wake_delay_ms = is_short ? next_backoff (supervisor) : 0;
  supervisor->rests = true;
  if (supervisor->is_woken)
    end_rest (supervisor, 0);
  else
    tc_loop_change (supervisor->processes->loop, &supervisor->wake, EPOLLIN);
}

static void
end_rest (tc_supervisor *supervisor, uint32_t delay_ms)
{
  supervisor->rests = false;
  tc_loop_change (supervisor->processes->loop, &supervisor->wake, 0);
  supervisor->respawn_at
      = tc_monotonic_ms () + (delay_ms > supervisor->wake_delay_ms ? delay_ms : supervisor->wake_delay_ms);
}

static void
entrusted_ready (tc_source *source, uint32_t events)
{
  (void) events;
  tc_supervisor_wake ((tc_supervisor *) source, TC_WAKE_SOON);
}

void
tc_supervisor_forget_client (tc_supervisor *supervisor, const tc_client *client)
{
  if (supervisor->asker == client)
    supervisor->asker = NULL;
}

bool
tc_supervisor_is_wanted (const tc_supervisor *supervisor)
{
  return supervisor->program != NULL;
}

int
tc_supervisor_tick (tc_supervisor *supervisor)
{
  tc_error error = TC_NO_ERROR;
  uint64_t now;

  if (supervisor->program == NULL || supervisor->process != NULL || supervisor->rests)
    return -1;
  now = tc_monotonic_ms ();
  if (now < supervisor->respawn_at)
    return (int) (supervisor->respawn_at - now);
  if (spawn (supervisor, &error) == 0)
    return -1;
  tc_note ("cannot start the supervisor", &error);
  if (supervisor->asker != NULL)
    {
      answer_failure (supervisor, &error);
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
answer_failure (tc_supervisor *supervisor, const tc_error *error)
{
  tc_client *asker = supervisor->asker;

  forget_program (supervisor);
  supervisor->asker = NULL;
  tc_client_reply_failure (asker, supervisor->asker_id, error);
}
