/* Becoming a daemon that listens. */
#ifndef TC_DAEMON_H
#define TC_DAEMON_H

#include "error.h"

#include <stdbool.h>

/* Takes the lock for the life of the process and its children. Waits up to `wait_seconds` for its
   holder, then fails with EWOULDBLOCK. Returns the descriptor or -errno. */
int tc_daemon_lock (const char *path, unsigned wait_seconds, tc_error *error);

/* Listens at `path`, mode 0600, and replaces the socket that an earlier keeper left. Leaves the working
   folder at "/". Returns the descriptor or -errno. */
int tc_daemon_listen (const char *path, tc_error *error);

/* Forks twice into a session of its own; the callers' processes end with 0. Returns 0 in the daemon. */
int tc_daemon_detach (tc_error *error);

/* Writes "ready" to standard output, then redirects the standard streams to /dev/null and the log. */
int tc_daemon_settle (const char *log_path, tc_error *error);

#endif
