/* The start of processes. */
#ifndef TC_PROCESS_LAUNCH_H
#define TC_PROCESS_LAUNCH_H

#include "error.h"
#include "process.h"
#include "protocol.h"

/* Starts a process; its listener is called when its program has reached its exec or has failed. Returns 0,
   or -errno if nothing was started; the listener is not called then. */
int tc_process_launch (tc_processes *processes, const tc_launcher *launcher,
                       const tc_launch_request *request, tc_error *error);
/* Starts the supervisor, with its output appended to `log_path`. Returns NULL on failure. */
tc_process *tc_process_launch_supervisor (tc_processes *processes, const tc_launcher *launcher,
                                          tc_span program, const char *log_path, tc_error *error);

#endif
