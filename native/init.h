/* A minimal init for containers that ask for one. */
#ifndef TC_INIT_H
#define TC_INIT_H

#include "error.h"

#include <stddef.h>

/* The memory that /proc/<pid>/cmdline shows; NULL leaves it alone. */
typedef struct
{
  char *start;
  size_t size;
} tc_title;

/* Forks. The child returns 0 and goes on with its program, in a process group of its own. The parent
   never returns: it reaps, forwards every signal to that group, ends as the child ended, and has `title` overwritten. */
int tc_run_init (tc_title title, tc_error *error);

/* Maps a wait status to a shell's exit code: 128 + signal for a killed process. */
int tc_exit_code (int wait_status);

#endif
