/* Files whose content is in memory only, and never in swap space. */
#ifndef TC_MEMORY_FILE_H
#define TC_MEMORY_FILE_H

#include "error.h"
#include "wire.h"

#include <stdbool.h>
#include <sys/types.h>

/* Returns the descriptor of an empty file that no path leads to, or -errno. */
int tc_memory_file_open (tc_error *error);
/* Writes `content` in place of what the file holds, or behind it. Returns 0 or -errno; a file that could not be
   written whole is empty. */
int tc_memory_file_write (int fd, tc_span content, bool appends, tc_error *error);
/* Creates the file `path` with what `fd` holds. Returns 0 or -errno. Async-signal-safe. */
int tc_memory_file_copy (int fd, const char *path, mode_t mode, tc_error *error);

#endif
