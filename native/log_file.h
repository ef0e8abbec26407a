/* The log of a container: the file that is written to, and those that were full. */
#ifndef TC_LOG_FILE_H
#define TC_LOG_FILE_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct
{
  uint64_t max_size;  /* bytes of each file; 0: it grows without end */
  uint32_t max_files; /* the current one included, so 1 keeps no full one */
} tc_log_limits;

typedef struct tc_log_file tc_log_file;

/* Opens a log to append to. Returns the descriptor or -errno. */
int tc_open_log (const char *path, tc_error *error);

/* Opens the log at `path`. Returns NULL on failure. */
tc_log_file *tc_log_file_open (const char *path, tc_log_limits limits, tc_error *error);
/* Appends whole lines. A file that has no room for the next line is renamed to `PATH.N`, N being one more than
   that of any other, before the next is begun, and the oldest are removed. */
void tc_log_file_write (tc_log_file *log, const uint8_t *data, size_t size);
/* NULL is none. */
void tc_log_file_close (tc_log_file *log);

#endif
