/* The interpreter of launch programs. */
#ifndef TC_LAUNCH_RUN_H
#define TC_LAUNCH_RUN_H

#include "error.h"
#include "launch.h"

/* Runs `program` in the child. Async-signal-safe calls only. Returns 0 at its end, where that is no
   exec, or -errno with `error` filled, its index included. */
int tc_launch_run (const tc_program *program, tc_launch *launch, tc_error *error);

#endif
