/* The end of processes. */
#ifndef TC_PROCESS_REAP_H
#define TC_PROCESS_REAP_H

#include "error.h"
#include "process.h"

/* Starts to reap children, whose listeners are called. Blocks SIGCHLD. Returns 0 or -errno. */
int tc_processes_watch (tc_processes *processes, tc_error *error);

/* Ends a process whose pid, and its bearer's, were reaped. */
void tc_process_end (tc_process *process, int wait_status);

#endif
