/* Runs as the keeper's user. The id comes from a client of the same user. */
#include "attach.h"

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int tee_outputs (const tc_process *process, int fds[2], tc_error *error);

int
tc_handle_attach (const tc_processes *processes, const tc_request *request, tc_error *error)
{
  const tc_header header = { .id = request->id };
  tc_auto_buffer payload = { 0 };
  const tc_process *process;
  bool is_terminal;
  tc_span id;
  int fds[3];
  int count, source, input;

  if (tc_read_text_request (request->payload, &id) < 0)
    return tc_fail (error, EPROTO, "read request", NULL);
  process = tc_processes_find_live (processes, id);
  if (process == NULL || process->phase != TC_PHASE_RUNNING)
    return tc_fail (error, ESRCH, "attach", "container");
  count = tee_outputs (process, fds, error);
  if (count < 0)
    return count;
  is_terminal = process->streams[0]->is_terminal;
  source = is_terminal ? process->streams[0]->source.fd : process->stdin_fd;
  input = source >= 0 ? fcntl (source, F_DUPFD_CLOEXEC, 3) : -1;
  tc_put_u32 (&payload, is_terminal ? 1 : 0);
  tc_put_u32 (&payload, input >= 0 ? 1 : 0);
  if (input >= 0)
    fds[count++] = input;
  tc_client_reply_with (request->client, &header, &payload, fds, (size_t) count);
  return 0;
}

/* Returns how many there are: a terminal has one. */
static int
tee_outputs (const tc_process *process, int fds[2], tc_error *error)
{
  int wanted = process->streams[0] != NULL && process->streams[0]->is_terminal ? 1 : 2;

  for (int output = 0; output < wanted; output++)
    {
      int fd = process->streams[output] == NULL ? -EOPNOTSUPP : tc_stream_tee (process->streams[output]);

      if (fd < 0)
        {
          if (output > 0)
            (void) close (fds[0]);
          return tc_fail (error, -fd, "attach", process->id);
        }
      fds[output] = fd;
    }
  return wanted;
}
