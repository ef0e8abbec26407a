/* What the keeper does for its clients. */
#ifndef TC_REQUESTS_H
#define TC_REQUESTS_H

#include "client.h"
#include "closing.h"
#include "held.h"
#include "process.h"
#include "supervisor.h"
#include "waits.h"

/* What requests act on. */
typedef struct
{
  tc_clients *clients;
  tc_processes *processes;
  tc_supervisor *supervisor;
  tc_waits waits;
  tc_held_list held;
  tc_closing closing;
  pid_t pid; /* of the keeper */
  uint64_t start_time;
  bool is_quitting;
} tc_requests;

/* Makes `requests` handle what `requests->clients` receive. */
void tc_requests_serve (tc_requests *requests);

#endif
