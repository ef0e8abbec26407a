/* Keeps one process running: the supervisor. */
#ifndef TC_SUPERVISOR_H
#define TC_SUPERVISOR_H

#include "client.h"
#include "process.h"
#include "protocol.h"

/* The supervisor's program, and when it is due to run again. */
typedef struct
{
  tc_processes *processes;
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

/* Runs the program of `wanted`, and replies to `request` when it has reached its exec or failed. If the same
   program runs already it is left alone; another one is replaced. Exit code 0 ends the supervision unless a
   container lives. After any other end it is run again, after 100 ms at first, doubling to 10 s, and from
   100 ms again once it has lived for 10 s. */
void tc_supervisor_set (tc_supervisor *supervisor, const tc_request *request,
                        const tc_supervise_request *wanted);
void tc_supervisor_forget_client (tc_supervisor *supervisor, const tc_client *client);
bool tc_supervisor_is_wanted (const tc_supervisor *supervisor);
/* Respawns if it is time. Returns the ms until the next respawn, or -1. */
int tc_supervisor_tick (tc_supervisor *supervisor);

#endif
