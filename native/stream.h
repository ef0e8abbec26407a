/* The output of a process, copied to its log. */
#ifndef TC_STREAM_H
#define TC_STREAM_H

#include "error.h"
#include "log_file.h"
#include "log_lines.h"
#include "loop.h"

#include <stdbool.h>

/* Shared by all streams, since one is read at a time. */
typedef struct
{
  tc_loop *loop;
  uint8_t *input;
  tc_log_sink log;
} tc_stream_buffers;

/* Clients that may follow one stream. */
#define TC_MAX_TEES 16u

typedef struct
{
  tc_source source; /* read end of a pipe, or the master of a pseudoterminal */
  tc_stream_buffers *buffers;
  tc_log_lines lines;
  tc_log_file *log; /* of its process; NULL: what is read is dropped */
  int tees[TC_MAX_TEES]; /* write ends of pipes that what is read is copied to */
  size_t tee_count;
  bool is_terminal;
} tc_stream;

/* Allocates the buffers. Returns 0 or -errno. */
int tc_stream_buffers_open (tc_stream_buffers *buffers, tc_loop *loop, tc_error *error);

/* Watches `fd`, and takes ownership of it even if this fails. `log` outlives the stream. Returns the stream, or NULL. */
tc_stream *tc_stream_open (tc_stream_buffers *buffers, int fd, tc_log_file *log, const char *name,
                           bool is_terminal);
/* Copies what is read from now on to a new pipe, as far as it has room, until its reader is gone. Returns the
   read end, which the caller owns, or -errno. */
int tc_stream_tee (tc_stream *stream);
/* Reads what is there, writes the remainder and frees the stream. NULL is none. */
void tc_stream_finish (tc_stream *stream);

#endif
