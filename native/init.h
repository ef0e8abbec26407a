/* A minimal init for containers that ask for one. */
#ifndef TC_INIT_H
#define TC_INIT_H

#include "error.h"

/* Forks. The child returns 0 and goes on with its program, in a process group of its own. The parent
   never returns: it reaps, forwards every signal to that group, and ends as the child ended. */
int tc_run_init (tc_error *error);

/* Maps a wait status to a shell's exit code: 128 + signal for a killed process. */
int tc_exit_code (int wait_status);

#endif
