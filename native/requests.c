#include "requests.h"

#include "attach.h"
#include "cleanup.h"
#include "held_requests.h"
#include "process_launch.h"

#include <errno.h>

#ifndef TC_BUILD_ID
#define TC_BUILD_ID "unknown"
#endif

static void handle (void *owner, const tc_request *request);
static int dispatch (tc_requests *requests, const tc_request *request, tc_error *error);
static int hello (const tc_requests *requests, const tc_request *request);
static int launch (tc_requests *requests, const tc_request *request, tc_error *error);
static void started (void *owner, tc_process *process);
static void ended (void *owner, tc_process *process);
static void failed (void *owner, tc_process *process);
static int signal_process (const tc_requests *requests, const tc_request *request, tc_error *error);
static int await_process (tc_requests *requests, const tc_request *request, tc_error *error);
static int list (const tc_requests *requests, const tc_request *request);
static int subscribe (const tc_request *request);
static int supervise (const tc_requests *requests, const tc_request *request, tc_error *error);
static int rest (const tc_requests *requests, const tc_request *request, tc_error *error);
static int quit (tc_requests *requests, const tc_request *request, tc_error *error);
static int close_project (tc_requests *requests, const tc_request *request, tc_error *error);
static int reply (const tc_request *request, const tc_buffer *payload);
static void forget_client (void *owner, const tc_client *client);

static const tc_process_listener listener = { started, ended, failed };

void
tc_requests_serve (tc_requests *requests)
{
  requests->clients->on_request = handle;
  requests->clients->on_close = forget_client;
  requests->clients->owner = requests;
}

static void
handle (void *owner, const tc_request *request)
{
  tc_error error = TC_NO_ERROR;
  int result = dispatch (owner, request, &error);

  if (result == 0)
    return;
  if (error.err == 0)
    (void) tc_fail (&error, -result, "read request", NULL);
  tc_client_reply_failure (request->client, request->id, &error);
}

/* Returns 0 if a reply was sent or will be, or -errno. */
static int
dispatch (tc_requests *requests, const tc_request *request, tc_error *error)
{
  if (requests->closing.is_asked)
    return tc_fail (error, ECANCELED, "request", "the keeper is about to end");
  switch (request->type)
    {
    case TC_HELLO:
      return hello (requests, request);
    case TC_LAUNCH:
      return launch (requests, request, error);
    case TC_SIGNAL:
      return signal_process (requests, request, error);
    case TC_WAIT:
      return await_process (requests, request, error);
    case TC_LIST:
      return list (requests, request);
    case TC_SUBSCRIBE:
      return subscribe (request);
    case TC_HOLD:
      return tc_handle_hold (&requests->held, request, error);
    case TC_KEEP:
      return tc_handle_keep (&requests->held, request, error);
    case TC_RELEASE:
      return tc_handle_release (&requests->held, request, error);
    case TC_LEND:
      return tc_handle_lend (&requests->held, request, error);
    case TC_SUPERVISE:
      return supervise (requests, request, error);
    case TC_QUIT:
      return quit (requests, request, error);
    case TC_HELD:
      return tc_handle_held (&requests->held, request, error);
    case TC_ATTACH:
      return tc_handle_attach (requests->processes, request, error);
    case TC_ENTRUST:
      return tc_handle_entrust (&requests->held, request, error);
    case TC_REST:
      return rest (requests, request, error);
    case TC_CLOSE:
      return close_project (requests, request, error);
    default:
      return tc_fail (error, ENOSYS, "unknown request", NULL);
    }
}

static int
hello (const tc_requests *requests, const tc_request *request)
{
  tc_auto_buffer payload = { 0 };

  tc_put_u32 (&payload, TC_PROTOCOL_VERSION);
  tc_put_u32 (&payload, (uint32_t) requests->pid);
  tc_put_u64 (&payload, requests->start_time);
  tc_put_text (&payload, TC_BUILD_ID);
  return reply (request, &payload);
}

static int
launch (tc_requests *requests, const tc_request *request, tc_error *error)
{
  const tc_launcher launcher = { &listener, requests, request->client, request->id };
  tc_launch_request wanted;
  int result = tc_read_launch_request (request->payload, &wanted);

  return result < 0 ? result : tc_process_launch (requests->processes, &launcher, &wanted, error);
}

/* Announcing may close the client that the reply is for. */
static void
started (void *owner, tc_process *process)
{
  tc_requests *requests = owner;
  const tc_launcher *launcher = &process->launcher;
  tc_auto_buffer payload = { 0 };

  if (process->kind == TC_KIND_CONTAINER)
    {
      tc_auto_buffer event = { 0 };

      tc_put_text (&event, process->id);
      tc_put_u32 (&event, (uint32_t) process->pid);
      tc_clients_announce (requests->clients, TC_STARTED, &event);
      tc_supervisor_wake (requests->supervisor, TC_WAKE_SOON);
    }
  tc_put_u32 (&payload, (uint32_t) process->pid);
  tc_put_u64 (&payload, process->start_time);
  if (launcher->client != NULL)
    {
      const tc_header header = { .id = launcher->request_id };
      size_t count = process->terminal_fd >= 0 ? 1 : 0;
      int terminal = tc_steal_fd (&process->terminal_fd);

      tc_client_reply_with (launcher->client, &header, &payload, &terminal, count);
    }
}

static void
ended (void *owner, tc_process *process)
{
  tc_requests *requests = owner;
  const bool is_container = process->kind == TC_KIND_CONTAINER;
  /* Of an auxiliary process whose client is there, that client hears. */
  const bool concerns_supervisor = is_container || process->launcher.client == NULL;
  tc_auto_buffer event = { 0 };

  tc_put_text (&event, process->id);
  tc_put_exit (&event, process);
  /* The supervisor, once it is woken, may take the CPU from whoever waits. */
  tc_waits_answer (&requests->waits, process);
  if (is_container)
    tc_clients_announce (requests->clients, TC_EXITED, &event);
  if (concerns_supervisor)
    tc_supervisor_wake (requests->supervisor, TC_WAKE_SOON);
}

static void
failed (void *owner, tc_process *process)
{
  tc_requests *requests = owner;
  const tc_launcher *launcher = &process->launcher;

  if (launcher->client != NULL)
    tc_client_reply_failure (launcher->client, launcher->request_id, &process->failure);
  tc_waits_fail (&requests->waits, process);
}

static int
signal_process (const tc_requests *requests, const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };
  tc_signal_request wanted;
  tc_process *process;
  int result = tc_read_signal_request (request->payload, &wanted);

  if (result < 0)
    return result;
  process = tc_processes_find_live (requests->processes, wanted.id);
  result = process == NULL ? -ESRCH : tc_process_signal (process, wanted.number);
  return result < 0 ? tc_fail (error, -result, "signal", NULL) : reply (request, &empty);
}

static int
await_process (tc_requests *requests, const tc_request *request, tc_error *error)
{
  tc_span id;
  tc_process *process;
  int result = tc_read_text_request (request->payload, &id);

  if (result < 0)
    return result;
  process = tc_processes_find (requests->processes, id);
  if (process == NULL)
    return tc_fail (error, ESRCH, "wait", NULL);
  tc_waits_add (&requests->waits, process, request);
  return 0;
}

static int
list (const tc_requests *requests, const tc_request *request)
{
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer rows = { 0 };
  uint32_t count = 0;

  for (const tc_process *process = requests->processes->first; process != NULL;
       process = process->next)
    if (process->kind != TC_KIND_SUPERVISOR && process->phase != TC_PHASE_ENDED)
      {
        tc_put_text (&rows, process->id);
        tc_put_u32 (&rows, (uint32_t) process->pid);
        tc_put_u64 (&rows, process->start_time);
        tc_put_u8 (&rows, (uint8_t) process->kind);
        count++;
      }
  tc_put_u32 (&payload, count);
  tc_put_raw (&payload, rows.data, rows.size);
  return reply (request, &payload);
}

static int
subscribe (const tc_request *request)
{
  tc_auto_buffer empty = { 0 };

  request->client->is_subscribed = true;
  return reply (request, &empty);
}

static int
supervise (const tc_requests *requests, const tc_request *request, tc_error *error)
{
  tc_supervise_request wanted;

  if (tc_read_supervise_request (request->payload, &wanted) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  tc_supervisor_set (requests->supervisor, request, &wanted);
  return 0;
}

static int
rest (const tc_requests *requests, const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };

  if (request->payload.size > 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  if (tc_supervisor_rest (requests->supervisor, error) < 0)
    return -error->err;
  return reply (request, &empty);
}

static int
quit (tc_requests *requests, const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };

  if (tc_processes_has_container (requests->processes))
    return tc_fail (error, EBUSY, "quit", "a container runs");
  requests->is_quitting = true;
  return reply (request, &empty);
}

static int
close_project (tc_requests *requests, const tc_request *request, tc_error *error)
{
  int result;

  if (tc_processes_has_container (requests->processes))
    return tc_fail (error, EBUSY, "close", "a container runs");
  result = tc_handle_close (&requests->closing, request, error);
  requests->is_quitting = result == 0;
  return result;
}

static int
reply (const tc_request *request, const tc_buffer *payload)
{
  tc_client_reply (request->client, request->id, payload);
  return 0;
}

static void
forget_client (void *owner, const tc_client *client)
{
  tc_requests *requests = owner;

  tc_closing_forget_client (&requests->closing, client);
  tc_waits_forget_client (&requests->waits, client);
  tc_processes_forget_client (requests->processes, client);
  tc_supervisor_forget_client (requests->supervisor, client);
}
