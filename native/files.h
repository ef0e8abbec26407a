/* Operations on plain files and namespace files. Async-signal-safe; each returns 0 or -errno. */
#ifndef TC_FILES_H
#define TC_FILES_H

#include "error.h"
#include "wire.h"

#include <sys/types.h>

/* Opens `path` with `flags` and O_CLOEXEC, and writes `content` in one call, as cgroup and /proc files
   want it. A short write is EIO. */
int tc_write_file (const char *path, int flags, mode_t mode, tc_span content, tc_error *error);

/* Writes each of `texts` to the file at `path` with a call of its own. */
int tc_write_each (const char *path, char *const texts[], tc_error *error);

/* Makes the folder of a control group, and those above it; one that is there is left as it is. */
int tc_make_cgroup (const char *path, tc_error *error);

int tc_join_namespace (const char *path, int kind, tc_error *error);

/* Creates the file or folder `target` and its missing parent folders (0755), following up to 40 links
   (ELOOP), dangling ones included. What exists is left as it is. */
int tc_make_target (const char *target, bool directory, mode_t mode, tc_error *error);

/* Makes the link `path` to `target`, and its missing parent folders, in place of another link. What is there
   and no link is left as it is. */
int tc_place_link (const char *target, const char *path, tc_error *error);

/* Makes the file `path` anew, and its missing parent folders, in place of whatever file or link is there: nothing
   is written through a link or into a file of somebody else's. */
int tc_place_file (const char *path, mode_t mode, tc_span content, tc_error *error);

#endif
