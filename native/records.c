#include "records.h"

#include "cleanup.h"
#include "error.h"
#include "note.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

static void replace (const char *state_dir, const char *name, const char *text, int length);
static int write_and_rename (int folder, const char *name, const char *text, size_t length);

void
tc_record_pid (const char *state_dir, pid_t pid, uint64_t start_time, uint64_t started_at)
{
  char text[96];
  int length = snprintf (text, sizeof (text), "%d %" PRIu64 " %" PRIu64 "\n", (int) pid, start_time,
                         started_at);

  replace (state_dir, "pid", text, length);
}

void
tc_record_exit (const char *state_dir, int wait_status, uint64_t finished_at)
{
  char text[64];
  int length = snprintf (text, sizeof (text), "%d %" PRIu64 "\n", wait_status, finished_at);

  replace (state_dir, "exit", text, length);
}

void
tc_records_clear (const char *state_dir)
{
  tc_auto_fd folder = open (state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (folder < 0)
    return;
  (void) unlinkat (folder, "pid", 0);
  (void) unlinkat (folder, "exit", 0);
}

static void
replace (const char *state_dir, const char *name, const char *text, int length)
{
  tc_auto_fd folder = open (state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  tc_error error = TC_NO_ERROR;

  if (folder < 0)
    {
      (void) tc_fail (&error, errno, "open", state_dir);
      tc_note ("cannot write a record", &error);
      return;
    }
  if (write_and_rename (folder, name, text, (size_t) length) < 0)
    {
      (void) tc_fail (&error, errno, name, state_dir);
      tc_note ("cannot write a record", &error);
    }
}

static int
write_and_rename (int folder, const char *name, const char *text, size_t length)
{
  char temporary[16];
  tc_auto_fd fd = -1;

  (void) snprintf (temporary, sizeof (temporary), ".%s.tmp", name);
  fd = openat (folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || write (fd, text, length) != (ssize_t) length)
    return -1;
  return renameat (folder, temporary, folder, name);
}
