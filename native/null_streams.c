/* Runs in the child, inside the container's root, where its processes may have replaced /dev/null. */
#include "null_streams.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool is_null_device (int fd);

int
tc_reopen_null_streams (tc_error *error)
{
  for (int stream = 0; stream < 3; stream++)
    {
      tc_auto_fd null = -1;

      if (!is_null_device (stream))
        continue;
      null = open ("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC);
      if (null < 0 || !is_null_device (null))
        return tc_fail (error, ENODEV, "reopen", "/dev/null");
      if (dup2 (null, stream) < 0)
        return tc_fail (error, errno, "dup2", "/dev/null");
    }
  return 0;
}

static bool
is_null_device (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && S_ISCHR (status.st_mode) && status.st_rdev == makedev (1, 3);
}
