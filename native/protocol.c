/* Reads requests. Runs in the keeper, as its user. The bytes come from a peer of the same user, but are
   checked as if they came from anyone. */
#include "protocol.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

/* CLONE_NEWTIME is missing from older headers. */
#define NAMESPACES                                                                                 \
  ((uint32_t) (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET              \
               | CLONE_NEWUSER | CLONE_NEWCGROUP)                                                   \
   | 0x80u)
#define LAUNCH_FLAGS                                                                                \
  (TC_LAUNCH_KILL_ON_HANGUP | TC_LAUNCH_STDIN_OPEN | TC_LAUNCH_ATTACHED | TC_LAUNCH_LOG_LIMITED)
#define HOLD_FLAGS (TC_HOLD_REUSE_ADDRESS | TC_HOLD_IPV6_ONLY | TC_HOLD_SCTP)

static tc_log_limits read_log_limits (tc_reader *reader, uint8_t flags);
static bool are_limits (tc_log_limits limits, uint8_t flags);
static bool is_path (tc_span span);
static bool is_id (tc_span span);

int
tc_read_launch_request (tc_span payload, tc_launch_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);
  uint16_t reserved;
  uint8_t kind;

  request->id = tc_read_text (&reader);
  kind = tc_read_u8 (&reader);
  request->flags = tc_read_u8 (&reader);
  reserved = tc_read_u16 (&reader);
  request->clone_flags = tc_read_u32 (&reader);
  request->join = tc_read_text (&reader);
  request->cgroup = tc_read_text (&reader);
  request->state_dir = tc_read_text (&reader);
  request->log_path = tc_read_text (&reader);
  request->log_limits = read_log_limits (&reader, request->flags);
  request->program = tc_read_bytes (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  if (kind > TC_KIND_AUXILIARY || (request->flags & ~LAUNCH_FLAGS) != 0 || reserved != 0
      || (request->clone_flags & ~NAMESPACES) != 0 || !is_id (request->id)
      || !are_limits (request->log_limits, request->flags) || !is_path (request->cgroup) || !is_path (request->state_dir) || !is_path (request->log_path))
    return -EINVAL;
  request->kind = (tc_kind) kind;
  return 0;
}

/* A log without limits takes no bytes in a request. */
static tc_log_limits
read_log_limits (tc_reader *reader, uint8_t flags)
{
  tc_log_limits limits = { 0, 1 };

  if ((flags & TC_LAUNCH_LOG_LIMITED) == 0)
    return limits;
  limits.max_size = tc_read_u64 (reader);
  limits.max_files = tc_read_u32 (reader);
  return limits;
}

static bool
are_limits (tc_log_limits limits, uint8_t flags)
{
  return (flags & TC_LAUNCH_LOG_LIMITED) == 0 || (limits.max_size > 0 && limits.max_files > 0);
}

int
tc_read_hold_request (tc_span payload, tc_hold_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->name = tc_read_text (&reader);
  request->netns = tc_read_text (&reader);
  request->family = tc_read_u32 (&reader);
  request->socket_type = tc_read_u32 (&reader);
  request->port = tc_read_u16 (&reader);
  request->backlog = tc_read_u16 (&reader);
  request->address = tc_read_bytes (&reader);
  request->flags = tc_read_u32 (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  if (!is_id (request->name) || !is_path (request->netns) || (request->flags & ~HOLD_FLAGS) != 0
      || (request->socket_type != SOCK_STREAM && request->socket_type != SOCK_DGRAM)
      || (request->family == AF_INET ? request->address.size != 4
                                     : request->family != AF_INET6 || request->address.size != 16))
    return -EINVAL;
  return 0;
}

int
tc_read_keep_request (tc_span payload, tc_keep_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->name = tc_read_text (&reader);
  request->flags = tc_read_u32 (&reader);
  request->content = tc_read_bytes (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  return is_id (request->name) && (request->flags & ~TC_KEEP_APPEND) == 0 ? 0 : -EINVAL;
}

int
tc_read_entrust_request (tc_span payload, tc_entrust_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->name = tc_read_text (&reader);
  request->flags = tc_read_u32 (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  return is_id (request->name) && (request->flags & ~TC_ENTRUST_WAKES) == 0 ? 0 : -EINVAL;
}

int
tc_read_supervise_request (tc_span payload, tc_supervise_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->program = tc_read_bytes (&reader);
  request->log_path = tc_read_text (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  return is_path (request->log_path) ? 0 : -EINVAL;
}

int
tc_read_signal_request (tc_span payload, tc_signal_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->id = tc_read_text (&reader);
  request->number = (int32_t) tc_read_u32 (&reader);
  if (!tc_reader_is_done (&reader))
    return -EPROTO;
  return is_id (request->id) && request->number >= 0 && request->number < NSIG ? 0 : -EINVAL;
}

int
tc_read_text_request (tc_span payload, tc_span *text)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  *text = tc_read_text (&reader);
  return tc_reader_is_done (&reader) ? 0 : -EPROTO;
}

int
tc_read_close_request (tc_span payload, tc_close_request *request)
{
  tc_reader reader = tc_reader_of (payload.data, payload.size);

  request->messages = tc_read_bytes (&reader);
  request->folder_count = tc_read_u32 (&reader);
  request->folders = reader;
  for (uint32_t index = 0; index < request->folder_count && !reader.bad; index++)
    {
      tc_span folder = tc_read_text (&reader);

      if (!reader.bad && (folder.size == 0 || !is_path (folder)))
        return -EINVAL;
    }
  return tc_reader_is_done (&reader) ? 0 : -EPROTO;
}

/* Absolute, since the keeper's working folder is "/", or empty for none. */
static bool
is_path (tc_span span)
{
  return span.size == 0 || (span.data[0] == '/' && span.size < PATH_MAX);
}

static bool
is_id (tc_span span)
{
  return span.size > 0 && span.size <= TC_MAX_ID;
}
