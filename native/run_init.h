/* The way to a minimal init, for containers that ask for one. Async-signal-safe. */
#ifndef TC_RUN_INIT_H
#define TC_RUN_INIT_H

#include "error.h"

/* What an init is made of; -1 each where none is prepared. */
typedef struct
{
  int program; /* a sealed memfd with native/init, for this container alone */
  int gate[2]; /* a pipe; its end-of-file tells the child that the init runs */
} tc_init;

#define TC_NO_INIT { .program = -1, .gate = { -1, -1 } }

/* Opens all that tc_run_init needs, while nothing limits the caller yet. Returns 0 or -errno. */
int tc_prepare_init (tc_init *init, tc_error *error);

/* Forks. The child returns 0 once the parent has become the init, and goes on with its program, in a process
   group of its own. The parent returns on failure only. */
int tc_run_init (const tc_init *init, tc_error *error);

#endif
