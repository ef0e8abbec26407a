/* What the keeper does when it is asked. */
#ifndef TC_REQUESTS_H
#define TC_REQUESTS_H

#include "client.h"
#include "held.h"
#include "process.h"
#include "supervisor.h"
#include "waits.h"

/* All that requests are about. */
typedef struct
{
  tc_clients *clients;
  tc_processes *processes;
  tc_supervisor *supervisor;
  tc_waits waits;
  tc_held_sockets held;
  pid_t pid; /* of the keeper */
  uint64_t start_time;
  bool is_quitting;
} tc_requests;

/* Handles the requests of `requests->clients` from here on. */
void tc_requests_serve (tc_requests *requests);

#endif
