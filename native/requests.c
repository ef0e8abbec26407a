#include "requests.h"

#include "client.h"
#include "descriptors.h"
#include "held.h"
#include "process.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>

#ifndef TC_BUILD_ID
#define TC_BUILD_ID "unknown"
#endif

/* What every handler works on. */
typedef struct
{
  tc_keeper *keeper;
  tc_client *client;
  uint64_t id;
  tc_span payload;
} tc_request;

static int handle (const tc_request *request, uint16_t type, tc_error *error);
static int hello (const tc_request *request);
static int launch (const tc_request *request, tc_error *error);
static int signal_process (const tc_request *request, tc_error *error);
static int await_process (const tc_request *request, tc_error *error);
static int list (const tc_request *request);
static int subscribe (const tc_request *request);
static int hold (const tc_request *request, tc_error *error);
static int release_held (const tc_request *request, tc_error *error);
static int lend (const tc_request *request, tc_error *error);
static void lend_batch (const tc_request *request, const tc_held *const held[], size_t count,
                        bool is_last);
static int list_held (const tc_request *request, tc_error *error);
static int supervise (const tc_request *request, tc_error *error);
static int quit (const tc_request *request, tc_error *error);
static int reply (const tc_request *request, const tc_buffer *payload);

void
tc_request_handle (tc_keeper *keeper, tc_client *client, const tc_header *header, tc_span payload)
{
  const tc_request request = { keeper, client, header->id, payload };
  tc_error error = TC_NO_ERROR;
  int result = handle (&request, header->type, &error);

  if (result == 0)
    return;
  if (error.err == 0)
    (void) tc_fail (&error, -result, "read request", NULL);
  tc_client_reply_failure (keeper, client, header->id, &error);
}

/* Returns 0 if a reply was sent or will be, or -errno. */
static int
handle (const tc_request *request, uint16_t type, tc_error *error)
{
  switch (type)
    {
    case TC_HELLO:
      return hello (request);
    case TC_LAUNCH:
      return launch (request, error);
    case TC_SIGNAL:
      return signal_process (request, error);
    case TC_WAIT:
      return await_process (request, error);
    case TC_LIST:
      return list (request);
    case TC_SUBSCRIBE:
      return subscribe (request);
    case TC_HOLD:
      return hold (request, error);
    case TC_RELEASE:
      return release_held (request, error);
    case TC_LEND:
      return lend (request, error);
    case TC_SUPERVISE:
      return supervise (request, error);
    case TC_QUIT:
      return quit (request, error);
    case TC_HELD:
      return list_held (request, error);
    default:
      return tc_fail (error, ENOSYS, "unknown request", NULL);
    }
}

static int
hello (const tc_request *request)
{
  tc_auto_buffer payload = { 0 };

  tc_put_u32 (&payload, TC_PROTOCOL_VERSION);
  tc_put_u32 (&payload, (uint32_t) request->keeper->pid);
  tc_put_u64 (&payload, request->keeper->start_time);
  tc_put_text (&payload, TC_BUILD_ID);
  return reply (request, &payload);
}

static int
launch (const tc_request *request, tc_error *error)
{
  tc_launch_request wanted;
  int result = tc_read_launch_request (request->payload, &wanted);

  return result < 0
             ? result
             : tc_process_launch (request->keeper, request->client, request->id, &wanted, error);
}

static int
signal_process (const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };
  tc_signal_request wanted;
  tc_process *process;
  int result = tc_read_signal_request (request->payload, &wanted);

  if (result < 0)
    return result;
  process = tc_process_find_live (request->keeper, wanted.id);
  result = process == NULL ? -ESRCH : tc_process_signal (process, wanted.number);
  return result < 0 ? tc_fail (error, -result, "signal", NULL) : reply (request, &empty);
}

static int
await_process (const tc_request *request, tc_error *error)
{
  tc_process *process;
  tc_span id;
  int result = tc_read_text_request (request->payload, &id);

  if (result < 0)
    return result;
  process = tc_process_find (request->keeper, id);
  if (process == NULL)
    return tc_fail (error, ESRCH, "wait", NULL);
  tc_process_await (request->keeper, process, request->client, request->id);
  return 0;
}

static int
list (const tc_request *request)
{
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer rows = { 0 };
  uint32_t count = 0;

  for (const tc_process *process = request->keeper->processes; process != NULL;
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
hold (const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_hold_request wanted;
  int result = tc_read_hold_request (request->payload, &wanted);

  if (result == 0)
    result = tc_held_add (request->keeper, &wanted, error);
  if (result < 0)
    return result;
  tc_put_u16 (&payload, (uint16_t) result);
  return reply (request, &payload);
}

static int
release_held (const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  tc_put_u32 (&payload, tc_held_release (request->keeper, prefix));
  return reply (request, &payload);
}

static int
lend (const tc_request *request, tc_error *error)
{
  const tc_held *batch[TC_MAX_DESCRIPTORS];
  size_t count = 0;
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  for (const tc_held *held = request->keeper->held; held != NULL; held = held->next)
    {
      if (!tc_held_matches (held, prefix))
        continue;
      if (count == TC_MAX_DESCRIPTORS)
        {
          lend_batch (request, batch, count, false);
          count = 0;
        }
      batch[count++] = held;
    }
  lend_batch (request, batch, count, true);
  return 0;
}

static void
lend_batch (const tc_request *request, const tc_held *const held[], size_t count, bool is_last)
{
  const tc_header header = { .id = request->id, .flags = is_last ? 0 : TC_REPLY_MORE };
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer names = { 0 };
  int fds[TC_MAX_DESCRIPTORS];
  size_t copied = 0;

  for (size_t index = 0; index < count; index++)
    {
      int fd = fcntl (held[index]->fd, F_DUPFD_CLOEXEC, 3);

      if (fd < 0)
        continue;
      fds[copied++] = fd;
      tc_put_text (&names, held[index]->name);
    }
  tc_put_u32 (&payload, (uint32_t) copied);
  tc_put_raw (&payload, names.data, names.size);
  tc_client_reply_with (request->keeper, request->client, &header, &payload, fds, copied);
}

static int
list_held (const tc_request *request, tc_error *error)
{
  tc_auto_buffer payload = { 0 };
  tc_auto_buffer rows = { 0 };
  uint32_t count = 0;
  tc_span prefix;

  if (tc_read_text_request (request->payload, &prefix) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  for (const tc_held *held = request->keeper->held; held != NULL; held = held->next)
    if (tc_held_matches (held, prefix))
      {
        tc_put_text (&rows, held->name);
        tc_put_u16 (&rows, held->port);
        count++;
      }
  tc_put_u32 (&payload, count);
  tc_put_raw (&payload, rows.data, rows.size);
  return reply (request, &payload);
}

static int
supervise (const tc_request *request, tc_error *error)
{
  tc_supervise_request wanted;

  if (tc_read_supervise_request (request->payload, &wanted) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  tc_supervisor_set (request->keeper, request->client, request->id, &wanted);
  return 0;
}

static int
quit (const tc_request *request, tc_error *error)
{
  tc_auto_buffer empty = { 0 };

  if (tc_processes_has_container (request->keeper))
    return tc_fail (error, EBUSY, "quit", "a container runs");
  request->keeper->is_quitting = true;
  return reply (request, &empty);
}

static int
reply (const tc_request *request, const tc_buffer *payload)
{
  tc_client_reply (request->keeper, request->client, request->id, payload);
  return 0;
}
