/* Keeps one process running: the supervisor. It may rest: it ends, and is run again when there is something for it. */
#ifndef TC_SUPERVISOR_H
#define TC_SUPERVISOR_H

#include "client.h"
#include "process.h"
#include "protocol.h"

/* The supervisor's program, and when it is due to run again. */
typedef struct
{
  tc_source wake; /* the set of entrusted descriptors that wake; watched while it rests */
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
  bool is_to_rest; /* the process that runs is about to rest */
  bool is_woken;   /* ... and there is something for it already */
  bool rests;
  uint32_t wake_delay_ms;
} tc_supervisor;

/* How fast a supervisor that rests is run again. */
typedef enum
{
  TC_WAKE_NOW,
  TC_WAKE_SOON, /* after 50 ms, in which more may happen, or the project may go */
} tc_wake;

/* Owns `wake_set`. Returns 0 or -errno. */
int tc_supervisor_open (tc_supervisor *supervisor, int wake_set);

/* Runs the program of `wanted`, and replies to `request` when it has reached its exec or failed. If the same
   program runs already it is left alone; another one is replaced. Exit code 0 ends the supervision unless a
   container lives. After any other end it is run again, after 100 ms at first, doubling to 10 s, and from
   100 ms again once it has lived for 10 s. One that rests is woken. */
void tc_supervisor_set (tc_supervisor *supervisor, const tc_request *request,
                        const tc_supervise_request *wanted);
void tc_supervisor_forget_client (tc_supervisor *supervisor, const tc_client *client);
/* Lets the process that runs rest: when it ends with exit code 0 it is not run again until it is woken, and what wakes
   counts from now on. Returns 0, or -ESRCH if none runs. */
int tc_supervisor_rest (tc_supervisor *supervisor, tc_error *error);
/* Runs it again if it rests, or once it does. One that rested within a second of its start waits as after a failure. */
void tc_supervisor_wake (tc_supervisor *supervisor, tc_wake wake);
bool tc_supervisor_is_wanted (const tc_supervisor *supervisor);
/* Respawns if it is time. Returns the ms until the next respawn, or -1. */
int tc_supervisor_tick (tc_supervisor *supervisor);

#endif
