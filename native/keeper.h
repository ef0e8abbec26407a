/* What the keeper knows. One instance, passed to whoever needs it. */
#ifndef TC_KEEPER_H
#define TC_KEEPER_H

#include "error.h"
#include "log_lines.h"
#include "loop.h"
#include "protocol.h"

#include <sys/resource.h>
#include <sys/types.h>

typedef struct tc_client tc_client;
typedef struct tc_process tc_process;
typedef struct tc_wait tc_wait;
typedef struct tc_held tc_held;

/* The supervisor's program, and when it is due to run again. */
typedef struct
{
  uint8_t *program; /* NULL: none is wanted */
  uint32_t program_size;
  char *log_path;
  tc_process *process;   /* NULL while it waits to be respawned */
  uint64_t respawn_at;   /* ms, CLOCK_MONOTONIC */
  uint64_t spawned_at;
  uint32_t backoff_ms;
  tc_client *asker; /* who waits for its first exec */
  uint64_t asker_id;
  bool is_replaced;
} tc_supervisor;

typedef struct tc_keeper
{
  tc_loop loop;
  tc_source listener;
  tc_source signals;
  tc_client *clients;
  tc_process *processes;
  tc_wait *waits;
  tc_held *held;
  tc_supervisor supervisor;
  tc_log_sink log_sink;
  uint8_t *read_buffer;
  int null_fd;
  int own_net_namespace;
  pid_t pid;
  uint64_t start_time;
  struct rlimit nofile; /* as it was inherited, for the children */
  bool resets_oom_score;
  bool had_client;
  bool is_quitting;
  uint64_t first_client_deadline; /* ms, CLOCK_MONOTONIC */
  char *socket_path;
} tc_keeper;

#define TC_READ_BUFFER 65536u

#endif
