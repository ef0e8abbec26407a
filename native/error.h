/* How a failed call is described, to other modules and to clients. */
#ifndef TC_ERROR_H
#define TC_ERROR_H

/* `what` is a static string such as "mount"; `path` is NUL-terminated and may be cut short.
   `index` is the operation of the launch program at fault, or -1. */
typedef struct
{
  int err;
  int index;
  const char *what;
  char path[256];
} tc_error;

#define TC_NO_ERROR { .err = 0, .index = -1, .what = "", .path = "" }

/* Fills `error` and returns -err. `path` may be NULL. Safe between fork and exec. */
int tc_fail (tc_error *error, int err, const char *what, const char *path);

#endif
