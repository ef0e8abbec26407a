/* Pseudoterminals of containers. */
#ifndef TC_TERMINAL_H
#define TC_TERMINAL_H

#include "launch.h"

/* Opens a pseudoterminal at op's path, makes it the standard streams, and sends the master to the keeper over
   `report_fd`. */
int tc_make_terminal (const tc_operation *op, int report_fd, tc_error *error);
/* Makes the terminal on standard input the controlling one. The caller leads a session without a terminal. */
int tc_take_terminal (tc_error *error);

#endif
