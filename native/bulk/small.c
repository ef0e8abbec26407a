#include "bulk.h"

#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int
tc_read_small (const char *path, int flags, uint8_t *memory, uint32_t size)
{
  tc_auto_fd file = open (path, flags | O_CLOEXEC);
  struct stat status;
  uint32_t done = 0;

  if (file < 0 || fstat (file, &status) < 0)
    return -errno;
  if (!S_ISREG (status.st_mode))
    return -EINVAL;
  while (done < size)
    {
      ssize_t count = read (file, memory + done, size - done);

      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return -errno;
      if (count == 0)
        return (int) done;
      done += (uint32_t) count;
    }
  return -EFBIG;
}
