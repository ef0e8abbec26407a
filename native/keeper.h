/* The keeper's life. */
#ifndef TC_KEEPER_H
#define TC_KEEPER_H

#include "client.h"
#include "error.h"
#include "loop.h"
#include "process.h"
#include "requests.h"
#include "stream.h"
#include "supervisor.h"

/* The keeper's state. Its parts point to each other, so it is not moved or copied. */
typedef struct
{
  tc_loop loop;
  tc_stream_buffers buffers;
  tc_clients clients;
  tc_processes processes;
  tc_supervisor supervisor;
  tc_requests requests;
  uint64_t first_client_deadline; /* ms, CLOCK_MONOTONIC */
  char *socket_path;
} tc_keeper;

/* Opens everything but the listening socket, which the keeper owns if this succeeds. Returns 0 or -errno. */
int tc_keeper_open (tc_keeper *keeper, int listener, const char *socket_path, tc_error *error);
/* Returns when no container lives, no client is connected and no supervisor is wanted, or after QUIT. */
void tc_keeper_run (tc_keeper *keeper);

#endif
