/* What a process writes, on its way to its log. */
#ifndef TC_STREAM_H
#define TC_STREAM_H

#include "keeper.h"

typedef struct
{
  tc_source source; /* read end of a pipe, or the master of a pseudoterminal */
  tc_log_lines lines;
  int log_fd; /* -1: what is read is dropped */
} tc_stream;

/* Watches `fd`, which the stream owns, also when this fails. Gives a copy of `log_fd` to the stream.
   Returns the stream, or NULL. */
tc_stream *tc_stream_open (tc_keeper *keeper, int fd, int log_fd, const char *name,
                           bool is_terminal);
/* Reads what is there, writes the remainder and frees the stream. NULL is none. */
void tc_stream_finish (tc_keeper *keeper, tc_stream *stream);

#endif
