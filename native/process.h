/* The processes that the keeper is the parent of: the table, and what is known of each. */
#ifndef TC_PROCESS_H
#define TC_PROCESS_H

#include "client.h"
#include "error.h"
#include "held.h"
#include "log_file.h"
#include "loop.h"
#include "protocol.h"
#include "stream.h"

#include <sys/resource.h>
#include <sys/types.h>

typedef struct tc_process tc_process;
typedef struct tc_processes tc_processes;

typedef enum
{
  TC_PHASE_LAUNCHING, /* cloned; its program has not reached its exec */
  TC_PHASE_RUNNING,
  TC_PHASE_ENDED, /* remembered for WAIT */
} tc_phase;

/* Callbacks for one process: `started` and then `ended`, or `failed` alone. */
typedef struct
{
  /* Its program has reached its exec. */
  void (*started) (void *owner, tc_process *process);
  /* It was reaped, and its log and records are complete. The listener decides when it is forgotten. */
  void (*ended) (void *owner, tc_process *process);
  /* Its launch program failed, for the reason in `failure`, and it was reaped. It is forgotten after the
     call. */
  void (*failed) (void *owner, tc_process *process);
} tc_process_listener;

/* On whose behalf a process is launched. */
typedef struct
{
  const tc_process_listener *listener;
  void *owner; /* passed to the listener */
  /* The client that asked for it, NULL if none did or once it has disconnected, and the id of its
     request. */
  tc_client *client;
  uint64_t request_id;
} tc_launcher;

struct tc_process
{
  tc_source report;
  tc_processes *processes;
  tc_process *next;
  tc_launcher launcher;
  char *id; /* "" for the supervisor */
  char *state_dir;
  char *network_name; /* under which its own network is held, NULL if it has none */
  char *network_link; /* leads to the descriptor of the network */
  tc_kind kind;
  tc_phase phase;
  bool kills_on_hangup;
  bool is_forgotten;
  bool is_doomed;  /* was killed before its birth was known */
  bool has_ended;  /* was reaped before its bearer */
  bool made_network;
  pid_t pid;       /* 0: not born */
  pid_t bearer;    /* the child that bears it, 0 if there is none or once it was reaped */
  int pidfd;       /* of the bearer until the birth */
  uint64_t start_time;
  uint64_t finished_at;
  int wait_status;
  int stdin_fd;    /* write end of a stdin that stays open, or -1 */
  int terminal_fd; /* master to hand to the client, or -1 */
  tc_log_file *log; /* NULL: output is dropped */
  tc_stream *streams[2];
  tc_error failure; /* err is 0 if its program has not failed */
  char failure_what[32];
};

struct tc_processes
{
  tc_source signals; /* a signalfd for SIGCHLD */
  tc_loop *loop;
  tc_stream_buffers *buffers;
  tc_process *first; /* the latest launch */
  tc_held_list *held; /* files that launch programs copy; networks and sockets that they make */
  int null_fd;
  struct rlimit nofile; /* as the keeper inherited it, for the children */
  bool resets_oom_score;
};

/* Returns a process that is in no table, or NULL. */
tc_process *tc_process_new (tc_processes *processes, const tc_launcher *launcher, tc_span id,
                            tc_kind kind);
/* Adds it to its table. */
void tc_process_add (tc_process *process);
/* Removes it from its table and frees it after the batch of events. */
void tc_process_forget (tc_process *process);
/* Frees, after the batch of events, one that is in no table. */
void tc_process_free (tc_process *process);

int tc_process_signal (tc_process *process, int number);

/* Finds a process by id, or a live one; NULL if there is none. */
tc_process *tc_processes_find (const tc_processes *processes, tc_span id);
tc_process *tc_processes_find_live (const tc_processes *processes, tc_span id);
bool tc_processes_has_container (const tc_processes *processes);
/* Tells whether any lives, whatever its kind. */
bool tc_processes_has_live (const tc_processes *processes);
/* Kills what was to die with `client`, and forgets what only it could still ask for. */
void tc_processes_forget_client (tc_processes *processes, const tc_client *client);
/* Forgets the oldest process that has ended, if more than 1024 have. */
void tc_processes_forget_oldest (tc_processes *processes);
/* Sends SIGKILL to all that live. */
void tc_processes_kill (tc_processes *processes);

#endif
