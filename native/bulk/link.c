#include "bulk.h"

#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FOLDER (O_PATH | O_DIRECTORY | O_CLOEXEC)

int
tc_link_files (const char *from, const char *to, const char *paths, uint32_t count, int32_t *errors)
{
  tc_auto_fd source = open (from, FOLDER);
  tc_auto_fd target = -1;

  if (source < 0)
    return -errno;
  target = open (to, FOLDER);
  if (target < 0)
    return -errno;
  for (uint32_t index = 0; index < count; index++)
    {
      errors[index] = linkat (source, paths, target, paths, 0) < 0 ? errno : 0;
      paths += strlen (paths) + 1;
    }
  return 0;
}
