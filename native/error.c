#include "error.h"

#include <string.h>

int
tc_fail (tc_error *error, int err, const char *what, const char *path)
{
  size_t length = path == NULL ? 0 : strnlen (path, sizeof (error->path) - 1);

  error->err = err;
  error->what = what;
  if (length > 0)
    memcpy (error->path, path, length);
  error->path[length] = '\0';
  return -err;
}
