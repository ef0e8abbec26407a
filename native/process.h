/* The processes that the keeper is the parent of. */
#ifndef TC_PROCESS_H
#define TC_PROCESS_H

#include "client.h"
#include "launch.h"
#include "stream.h"

typedef enum
{
  TC_PHASE_LAUNCHING, /* cloned; its program has not reached its exec */
  TC_PHASE_RUNNING,
  TC_PHASE_ENDED, /* remembered for WAIT */
} tc_phase;

struct tc_process
{
  tc_source report;
  tc_process *next;
  char *id; /* "" for the supervisor */
  char *state_dir;
  tc_kind kind;
  tc_phase phase;
  bool kills_on_hangup;
  bool is_forgotten;
  bool is_doomed;  /* was killed before its birth was known */
  bool has_ended;  /* was reaped before its bearer */
  pid_t pid;       /* 0: not born */
  pid_t bearer;    /* the child that bears it, 0 if there is none or once it was reaped */
  int pidfd;       /* of the bearer until the birth */
  uint64_t start_time;
  uint64_t finished_at;
  int wait_status;
  /* The client that launched it, while it is connected, and the id of its request. */
  tc_client *owner;
  uint64_t request_id;
  int stdin_fd;    /* write end of a stdin that stays open, or -1 */
  int terminal_fd; /* master to hand to the owner, or -1 */
  int log_fd;
  tc_stream *streams[2];
  tc_error failure; /* err is 0 if its program has not failed */
  char failure_what[32];
};

/* Starts a process; the reply is sent when its program has reached its exec or has failed. On failure
   nothing was started and no reply was sent. */
int tc_process_launch (tc_keeper *keeper, tc_client *client, uint64_t request_id,
                       const tc_launch_request *request, tc_error *error);
/* Starts the supervisor, with its output appended to `log_path`. */
tc_process *tc_process_launch_supervisor (tc_keeper *keeper, tc_span program, const char *log_path,
                                          tc_error *error);
/* Finds a process by id, or a live one; NULL if there is none. */
tc_process *tc_process_find (tc_keeper *keeper, tc_span id);
tc_process *tc_process_find_live (tc_keeper *keeper, tc_span id);
int tc_process_signal (tc_process *process, int number);
/* Replies to a WAIT, now or when the process ends. */
void tc_process_await (tc_keeper *keeper, tc_process *process, tc_client *client, uint64_t id);

/* Reaps whatever has ended; the source is a signalfd for SIGCHLD. */
void tc_processes_reap (tc_keeper *keeper, tc_source *source, uint32_t events);
/* Kills what was to die with `client` and forgets what it waited for. */
void tc_processes_forget_client (tc_keeper *keeper, tc_client *client);
bool tc_processes_has_container (const tc_keeper *keeper);
/* Sends SIGKILL to all that lives. */
void tc_processes_kill (tc_keeper *keeper);

#endif
