/* The standard streams of a process that is about to be launched. */
#ifndef TC_STDIO_SETUP_H
#define TC_STDIO_SETUP_H

#include "client.h"
#include "error.h"
#include "log_file.h"
#include "protocol.h"

/* The child's ends of its streams, and the keeper's. */
typedef struct
{
  int child[3];
  int stdin_write;
  int output_read[2];
  tc_log_file *log; /* NULL: none */
} tc_stdio;

#define TC_NO_STDIO { { -1, -1, -1 }, -1, { -1, -1 }, NULL }

/* Fills `stdio`, which starts as TC_NO_STDIO. Descriptors that came with the request are used before the
   log, and both before /dev/null, which is `null_fd`. Returns 0, or -errno with what was opened left for
   tc_close_stdio. */
int tc_open_stdio (int null_fd, tc_client *client, const tc_launch_request *request, tc_stdio *stdio,
                   tc_error *error);
/* Closes what nobody took over. */
void tc_close_stdio (tc_stdio *stdio);

#endif
