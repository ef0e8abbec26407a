/* Messages between the keeper and its clients, described in docs/keeper.md. The numbers match
   src/runtime/keeper/message.ts, which test/native/protocol.test.ts compares with them: append only. */
#ifndef TC_PROTOCOL_H
#define TC_PROTOCOL_H

#include "log_file.h"
#include "wire.h"

#include <stdbool.h>
#include <stdint.h>

#define TC_PROTOCOL_VERSION 1u
#define TC_HEADER_SIZE 16u
#define TC_MAX_PAYLOAD (1u << 20)
#define TC_MAX_ID 255u

#define TC_MESSAGES(X)                                                                             \
  X (HELLO, 1)                                                                                     \
  X (LAUNCH, 2)                                                                                    \
  X (SIGNAL, 3)                                                                                    \
  X (WAIT, 4)                                                                                      \
  X (LIST, 5)                                                                                      \
  X (SUBSCRIBE, 6)                                                                                 \
  X (HOLD, 7)                                                                                      \
  X (RELEASE, 8)                                                                                   \
  X (LEND, 9)                                                                                      \
  X (SUPERVISE, 10)                                                                                \
  X (QUIT, 11)                                                                                     \
  X (HELD, 12)                                                                                     \
  X (KEEP, 13)                                                                                     \
  X (ATTACH, 14)                                                                                   \
  X (CLOSE, 15)                                                                                    \
  X (ENTRUST, 16)                                                                                  \
  X (REST, 17)                                                                                     \
  X (STARTED, 100)                                                                                 \
  X (EXITED, 101)

typedef enum
{
#define TC_MESSAGE_VALUE(name, code) TC_##name = code,
  TC_MESSAGES (TC_MESSAGE_VALUE)
#undef TC_MESSAGE_VALUE
} tc_message_type;

#define TC_REPLY_FAILED 1u
#define TC_REPLY_MORE 2u

typedef struct
{
  uint32_t length;
  uint16_t type;
  uint16_t flags;
  uint64_t id;
} tc_header;

_Static_assert (sizeof (tc_header) == TC_HEADER_SIZE, "the header is sent as it lies in memory");

#define TC_LAUNCH_KILL_ON_HANGUP 1u
#define TC_LAUNCH_STDIN_OPEN 2u
#define TC_LAUNCH_ATTACHED 4u
#define TC_LAUNCH_LOG_LIMITED 8u

typedef enum
{
  TC_KIND_CONTAINER = 0,
  TC_KIND_AUXILIARY = 1,
  TC_KIND_SUPERVISOR = 2, /* never on the wire */
} tc_kind;

/* Requests as they were read: spans point into the message. Readers return 0, or -EPROTO for bytes that
   do not parse and -EINVAL for values out of range. */
typedef struct
{
  tc_span id;
  tc_kind kind;
  uint8_t flags;
  uint32_t clone_flags;
  tc_span join;
  tc_span cgroup;
  tc_span state_dir;
  tc_span log_path;
  tc_log_limits log_limits;
  tc_span program;
} tc_launch_request;

typedef struct
{
  tc_span name;
  tc_span netns;
  uint32_t family;
  uint32_t socket_type;
  uint16_t port;
  uint16_t backlog;
  tc_span address;
  uint32_t flags;
} tc_hold_request;

#define TC_HOLD_REUSE_ADDRESS 1u
#define TC_HOLD_IPV6_ONLY 2u
#define TC_HOLD_SCTP 4u

typedef struct
{
  tc_span name;
  uint32_t flags;
  tc_span content;
} tc_keep_request;

#define TC_KEEP_APPEND 1u

/* Its descriptor is attached. */
typedef struct
{
  tc_span name;
  uint32_t flags;
} tc_entrust_request;

#define TC_ENTRUST_WAKES 1u

typedef struct
{
  tc_span program;
  tc_span log_path;
} tc_supervise_request;

typedef struct
{
  tc_span id;
  int32_t number;
} tc_signal_request;

typedef struct
{
  tc_span messages; /* for rtnetlink */
  uint32_t folder_count;
  tc_reader folders; /* so many texts, which were checked */
} tc_close_request;

int tc_read_launch_request (tc_span payload, tc_launch_request *request);
int tc_read_hold_request (tc_span payload, tc_hold_request *request);
int tc_read_keep_request (tc_span payload, tc_keep_request *request);
int tc_read_entrust_request (tc_span payload, tc_entrust_request *request);
int tc_read_supervise_request (tc_span payload, tc_supervise_request *request);
int tc_read_signal_request (tc_span payload, tc_signal_request *request);
/* The payload is one text: an id or a prefix. */
int tc_read_text_request (tc_span payload, tc_span *text);
int tc_read_close_request (tc_span payload, tc_close_request *request);

#endif
