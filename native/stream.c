/* Runs as the keeper's user. What a container writes is not trusted: it is bytes between line ends,
   bounded in memory, and never waited for. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A writer that never stops must not keep the loop from its other work. */
#define READS_PER_TURN 4
#define READS_AT_END 64

static void stream_ready (tc_keeper *keeper, tc_source *source, uint32_t events);
static bool pump (tc_keeper *keeper, tc_stream *stream, int reads);
static void write_log (void *owner, const uint8_t *data, size_t size);

tc_stream *
tc_stream_open (tc_keeper *keeper, int fd, int log_fd, const char *name, bool is_terminal)
{
  tc_stream *stream = calloc (1, sizeof (*stream));

  if (stream == NULL)
    {
      (void) close (fd);
      return NULL;
    }
  stream->source.fd = fd;
  stream->source.ready = stream_ready;
  stream->lines.name = name;
  stream->lines.strips_carriage_return = is_terminal;
  stream->log_fd = log_fd < 0 ? -1 : fcntl (log_fd, F_DUPFD_CLOEXEC, 3);
  (void) fcntl (fd, F_SETFL, O_NONBLOCK);
  (void) tc_loop_watch (&keeper->loop, &stream->source, EPOLLIN);
  return stream;
}

static void
stream_ready (tc_keeper *keeper, tc_source *source, uint32_t events)
{
  (void) events;
  if (!pump (keeper, (tc_stream *) source, READS_PER_TURN))
    tc_loop_close (&keeper->loop, source);
}

/* Returns false at the end of the stream. The master of a pseudoterminal whose last user has gone ends
   in EIO. */
static bool
pump (tc_keeper *keeper, tc_stream *stream, int reads)
{
  tc_log_sink *sink = &keeper->log_sink;
  struct timespec now;
  bool is_open = true;

  (void) clock_gettime (CLOCK_REALTIME, &now);
  sink->owner = stream;
  sink->write = write_log;
  tc_log_begin (sink, now);
  for (; reads > 0 && is_open; reads--)
    {
      ssize_t size = read (stream->source.fd, keeper->read_buffer, TC_READ_BUFFER);

      if (size > 0)
        tc_log_feed (&stream->lines, keeper->read_buffer, (size_t) size, sink);
      else if (size < 0 && errno == EAGAIN)
        break;
      else if (size == 0 || errno != EINTR)
        is_open = false;
    }
  tc_log_flush (sink);
  return is_open;
}

void
tc_stream_finish (tc_keeper *keeper, tc_stream *stream)
{
  if (stream == NULL)
    return;
  if (stream->source.fd >= 0)
    (void) pump (keeper, stream, READS_AT_END);
  keeper->log_sink.owner = stream;
  keeper->log_sink.write = write_log;
  tc_log_finish (&stream->lines, &keeper->log_sink);
  tc_log_flush (&keeper->log_sink);
  tc_loop_close (&keeper->loop, &stream->source);
  if (stream->log_fd >= 0)
    (void) close (stream->log_fd);
  free (stream->lines.carry);
  tc_loop_free_later (&keeper->loop, stream);
}

/* On a full disk a batch is dropped whole: the part that did go in is taken back, so that every line in
   the file is complete. The container never waits. */
static void
write_log (void *owner, const uint8_t *data, size_t size)
{
  const tc_stream *stream = owner;
  ssize_t written;

  if (stream->log_fd < 0)
    return;
  do
    written = write (stream->log_fd, data, size);
  while (written < 0 && errno == EINTR);
  if (written > 0 && (size_t) written < size)
    {
      off_t end = lseek (stream->log_fd, 0, SEEK_END);

      if (end >= written)
        (void) !ftruncate (stream->log_fd, end - written);
    }
}
