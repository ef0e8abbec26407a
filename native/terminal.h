/* Pseudoterminals of containers. */
#ifndef TC_TERMINAL_H
#define TC_TERMINAL_H

#include "launch.h"

/* Opens a pseudoterminal at op's path, makes it the controlling terminal and the standard streams, and
   sends the master to the keeper over `report_fd`. The caller leads a session without a terminal. */
int tc_open_terminal (const tc_operation *op, int report_fd, tc_error *error);

#endif
