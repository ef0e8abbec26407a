#include "bulk.h"

#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int32_t read_file (int folder, const char *name, int flags, tc_part part, uint8_t *memory);

int
tc_read_files (const char *folder, const char *names, uint32_t count, int flags, const tc_part *parts,
               uint8_t *memory, int32_t *results)
{
  tc_auto_fd opened = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (opened < 0)
    return -errno;
  for (uint32_t index = 0; index < count; index++)
    {
      results[index] = read_file (opened, names, flags, parts[index], memory);
      names += strlen (names) + 1;
    }
  return 0;
}

static int32_t
read_file (int folder, const char *name, int flags, tc_part part, uint8_t *memory)
{
  tc_auto_fd file = openat (folder, name, flags | O_CLOEXEC);
  uint32_t done = 0;

  if (file < 0)
    return -errno;
  while (done < part.size)
    {
      ssize_t count = read (file, memory + part.offset + done, part.size - done);

      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return -errno;
      if (count == 0)
        break;
      done += (uint32_t) count;
    }
  return (int32_t) done;
}
