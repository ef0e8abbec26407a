/* Runs as the keeper's user. What a container writes is not trusted: it is bytes between line ends,
   bounded in memory, and never waited for. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A writer that never stops must not keep the loop from its other work. */
#define READS_PER_TURN 4
#define READS_AT_END 64
#define INPUT_SIZE 65536u
#define LOG_SIZE (256u * 1024u)
#define TEE_SIZE (1 << 20)

static void stream_ready (tc_source *source, uint32_t events);
static bool pump (tc_stream *stream, int reads);
static bool may_read (const tc_stream *stream);
static void write_log (void *owner, const uint8_t *data, size_t size);
static void write_tees (tc_stream *stream, const uint8_t *data, size_t size);
static void close_tee (tc_stream *stream, size_t index);
static void close_abandoned_tees (tc_stream *stream);

int
tc_stream_buffers_open (tc_stream_buffers *buffers, tc_loop *loop, tc_error *error)
{
  buffers->loop = loop;
  buffers->input = malloc (INPUT_SIZE);
  buffers->log.data = malloc (LOG_SIZE);
  buffers->log.capacity = LOG_SIZE;
  return buffers->input == NULL || buffers->log.data == NULL
             ? tc_fail (error, ENOMEM, "start", NULL)
             : 0;
}

tc_stream *
tc_stream_open (tc_stream_buffers *buffers, int fd, tc_log_file *log, const char *name, bool is_terminal)
{
  tc_stream *stream = calloc (1, sizeof (*stream));

  if (stream == NULL)
    {
      (void) close (fd);
      return NULL;
    }
  stream->source.fd = fd;
  stream->source.ready = stream_ready;
  stream->buffers = buffers;
  stream->lines.name = name;
  stream->lines.strips_carriage_return = is_terminal;
  stream->is_terminal = is_terminal;
  stream->log = log;
  (void) fcntl (fd, F_SETFL, O_NONBLOCK);
  (void) tc_loop_watch (buffers->loop, &stream->source, EPOLLIN);
  return stream;
}

static void
stream_ready (tc_source *source, uint32_t events)
{
  tc_stream *stream = (tc_stream *) source;

  (void) events;
  if (!pump (stream, READS_PER_TURN))
    tc_loop_close (stream->buffers->loop, source);
}

/* Returns false at the end of the stream. The master of a pseudoterminal that nobody has open anymore gives
   EIO. */
static bool
pump (tc_stream *stream, int reads)
{
  uint8_t *input = stream->buffers->input;
  tc_log_sink *sink = &stream->buffers->log;
  struct timespec now;
  bool is_open = true;

  (void) clock_gettime (CLOCK_REALTIME, &now);
  sink->owner = stream;
  sink->write = write_log;
  tc_log_begin (sink, now);
  for (; reads > 0 && is_open && may_read (stream); reads--)
    {
      ssize_t size = read (stream->source.fd, input, INPUT_SIZE);

      if (size > 0)
        {
          write_tees (stream, input, (size_t) size);
          tc_log_feed (&stream->lines, input, (size_t) size, sink);
        }
      else if (size < 0 && errno == EAGAIN)
        break;
      else if (size == 0 || errno != EINTR)
        is_open = false;
    }
  tc_log_flush (sink);
  return is_open;
}

/* The master of a terminal is lent to clients that are attached, and with it the O_NONBLOCK of its open file:
   one that takes that away must not have the keeper wait in read(2). Nobody else reads from it. */
static bool
may_read (const tc_stream *stream)
{
  struct pollfd end = { .fd = stream->source.fd, .events = POLLIN };

  return !stream->is_terminal || poll (&end, 1, 0) > 0;
}

void
tc_stream_finish (tc_stream *stream)
{
  tc_log_sink *sink;

  if (stream == NULL)
    return;
  if (stream->source.fd >= 0)
    (void) pump (stream, READS_AT_END);
  sink = &stream->buffers->log;
  sink->owner = stream;
  sink->write = write_log;
  tc_log_finish (&stream->lines, sink);
  tc_log_flush (sink);
  while (stream->tee_count > 0)
    close_tee (stream, stream->tee_count - 1);
  tc_loop_close (stream->buffers->loop, &stream->source);
  free (stream->lines.carry);
  tc_loop_free_later (stream->buffers->loop, stream);
}

static void
write_log (void *owner, const uint8_t *data, size_t size)
{
  const tc_stream *stream = owner;

  if (stream->log != NULL)
    tc_log_file_write (stream->log, data, size);
}

int
tc_stream_tee (tc_stream *stream)
{
  int ends[2];

  close_abandoned_tees (stream);
  if (stream->tee_count == TC_MAX_TEES)
    return -EMFILE;
  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) < 0)
    return -errno;
  /* An unprivileged keeper may be refused that much. */
  (void) fcntl (ends[1], F_SETPIPE_SZ, TEE_SIZE);
  stream->tees[stream->tee_count++] = ends[1];
  return ends[0];
}

/* A reader that is too slow misses what does not fit: the container is never waited for, nor is it made to wait. */
static void
write_tees (tc_stream *stream, const uint8_t *data, size_t size)
{
  for (size_t index = stream->tee_count; index > 0; index--)
    if (write (stream->tees[index - 1], data, size) < 0 && errno != EAGAIN && errno != EINTR)
      close_tee (stream, index - 1);
}

static void
close_tee (tc_stream *stream, size_t index)
{
  (void) close (stream->tees[index]);
  stream->tees[index] = stream->tees[--stream->tee_count];
}

/* Nothing is written while the container is silent, which is how readers that are gone are noticed else. */
static void
close_abandoned_tees (tc_stream *stream)
{
  for (size_t index = stream->tee_count; index > 0; index--)
    {
      struct pollfd end = { .fd = stream->tees[index - 1] };

      if (poll (&end, 1, 0) > 0 && (end.revents & POLLERR) != 0)
        close_tee (stream, index - 1);
    }
}
