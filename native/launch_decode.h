/* The reader of launch programs. */
#ifndef TC_LAUNCH_DECODE_H
#define TC_LAUNCH_DECODE_H

#include "error.h"
#include "launch.h"
#include "wire.h"

/* Reads and checks a whole program; what it returns cannot make tc_launch_run read out of bounds.
   Returns 0, or -errno with `error` filled and nothing to free. */
int tc_program_decode (tc_span bytes, tc_program *program, tc_error *error);
void tc_program_free (tc_program *program);

#define tc_auto_program __attribute__ ((cleanup (tc_program_free))) tc_program

#endif
