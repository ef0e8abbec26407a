/* Runs as the keeper's user. Paths were checked to be absolute. */
#include "stdio_setup.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>

int
tc_open_stdio (int null_fd, tc_client *client, const tc_launch_request *request, tc_stdio *stdio,
               tc_error *error)
{
  tc_auto_free char *log_path = tc_span_copy (request->log_path);

  if ((request->flags & TC_LAUNCH_ATTACHED) != 0)
    return tc_client_take (client, stdio->child, 3) < 0
               ? tc_fail (error, EBADF, "launch", "attached descriptors")
               : 0;
  if (log_path == NULL)
    return tc_fail (error, ENOMEM, "launch", NULL);

  if ((request->flags & TC_LAUNCH_STDIN_OPEN) != 0)
    {
      int ends[2];

      if (pipe2 (ends, O_CLOEXEC) < 0)
        return tc_fail (error, errno, "pipe2", NULL);
      stdio->child[0] = ends[0];
      stdio->stdin_write = ends[1];
    }
  for (int output = 0; request->log_path.size > 0 && output < 2; output++)
    {
      int ends[2];

      if (pipe2 (ends, O_CLOEXEC) < 0)
        return tc_fail (error, errno, "pipe2", NULL);
      stdio->output_read[output] = ends[0];
      stdio->child[output + 1] = ends[1];
    }
  for (int stream = 0; stream < 3; stream++)
    if (stdio->child[stream] < 0)
      {
        stdio->child[stream] = fcntl (null_fd, F_DUPFD_CLOEXEC, 3);
        if (stdio->child[stream] < 0)
          return tc_fail (error, errno, "fcntl", "/dev/null");
      }
  if (request->log_path.size > 0)
    {
      stdio->log = tc_log_file_open (log_path, request->log_limits, error);
      if (stdio->log == NULL)
        return -error->err;
    }
  return 0;
}

void
tc_close_stdio (tc_stdio *stdio)
{
  for (int stream = 0; stream < 3; stream++)
    tc_close_fd (&stdio->child[stream]);
  tc_close_fd (&stdio->stdin_write);
  tc_close_fd (&stdio->output_read[0]);
  tc_close_fd (&stdio->output_read[1]);
  tc_log_file_close (stdio->log);
  stdio->log = NULL;
}
