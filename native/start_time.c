#include "start_time.h"

#include "cleanup.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t start_time (int fd);

uint64_t
tc_start_time (pid_t pid)
{
  char path[32];
  tc_auto_fd fd = -1;

  (void) snprintf (path, sizeof (path), "/proc/%d/stat", (int) pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  return start_time (fd);
}

uint64_t
tc_start_time_at (int folder)
{
  tc_auto_fd fd = openat (folder, "stat", O_RDONLY | O_CLOEXEC);

  return start_time (fd);
}

/* The second field, the name, may hold spaces and parentheses; the last parenthesis ends it. */
static uint64_t
start_time (int fd)
{
  char text[1024];
  ssize_t size = fd < 0 ? -1 : read (fd, text, sizeof (text) - 1);
  char *at;

  if (size <= 0)
    return 0;
  text[size] = '\0';
  at = strrchr (text, ')');
  for (unsigned field = 2; at != NULL && field < 22; field++)
    at = strchr (at + 1, ' ');
  return at == NULL ? 0 : strtoull (at + 1, NULL, 10);
}
