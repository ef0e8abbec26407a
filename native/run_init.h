/* Starts a minimal init, for containers that ask for one. Async-signal-safe. */
#ifndef TC_RUN_INIT_H
#define TC_RUN_INIT_H

#include "error.h"

/* What the start of an init needs; -1 each if none is prepared. */
typedef struct
{
  int program; /* a sealed memfd with native/init, for this container alone */
  int gate[2]; /* a pipe; its end-of-file means to the child that the init runs */
} tc_init;

#define TC_NO_INIT { .program = -1, .gate = { -1, -1 } }

/* Opens what tc_run_init needs, before anything limits the caller. Returns 0 or -errno. */
int tc_prepare_init (tc_init *init, tc_error *error);

/* Forks. The child, in a process group of its own, returns 0 once the parent has become the init, and continues
   with its program. The parent returns on failure only. */
int tc_run_init (const tc_init *init, tc_error *error);

#endif
