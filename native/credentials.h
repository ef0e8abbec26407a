/* What a process gives up before it executes its program. Async-signal-safe; each returns 0 or -errno. */
#ifndef TC_CREDENTIALS_H
#define TC_CREDENTIALS_H

#include "error.h"
#include "wire.h"

#include <sys/types.h>

int tc_set_groups (const gid_t *groups, size_t count, tc_error *error);
int tc_set_gid (gid_t gid, tc_error *error);
int tc_set_uid (uid_t uid, tc_error *error);
/* Who makes files from here on; all other rights stay. */
int tc_set_file_owner (uid_t uid, gid_t gid, tc_error *error);
int tc_limit_bounding_set (uint64_t keep, tc_error *error);
/* `sets` holds the bit masks effective, permitted, inheritable, ambient. */
int tc_set_capabilities (const uint64_t sets[4], tc_error *error);
int tc_set_seccomp_filter (tc_span filter, tc_error *error);

#endif
