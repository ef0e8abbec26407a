/* Runs as the keeper's user. Paths were checked to be absolute; a link in place of a log is refused. The folder
   of a log is the engine's own. */
#include "log_file.h"

#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct tc_log_file
{
  int fd;
  uint64_t size;
  tc_log_limits limits;
  char path[];
};

static size_t next_part (tc_log_file *log, const uint8_t *data, size_t size);
static size_t lines_within (const uint8_t *data, size_t size, uint64_t room);
static size_t first_line (const uint8_t *data, size_t size);
static void append (tc_log_file *log, const uint8_t *data, size_t size);
static bool begin_next (tc_log_file *log);
static bool put_aside (const tc_log_file *log);
static uint64_t visit_full (const char *path, uint64_t last_removed);
static uint64_t number_of (const char *name, const char *log_name);

int
tc_open_log (const char *path, tc_error *error)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);

  return fd < 0 ? tc_fail (error, errno, "open", path) : fd;
}

tc_log_file *
tc_log_file_open (const char *path, tc_log_limits limits, tc_error *error)
{
  size_t length = strlen (path) + 1;
  tc_log_file *log = malloc (sizeof (*log) + length);
  struct stat stat;

  if (log == NULL)
    {
      (void) tc_fail (error, ENOMEM, "open", path);
      return NULL;
    }
  memcpy (log->path, path, length);
  log->limits = limits;
  log->fd = tc_open_log (path, error);
  if (log->fd < 0)
    {
      free (log);
      return NULL;
    }
  log->size = fstat (log->fd, &stat) < 0 || stat.st_size < 0 ? 0 : (uint64_t) stat.st_size;
  return log;
}

void
tc_log_file_write (tc_log_file *log, const uint8_t *data, size_t size)
{
  while (size > 0)
    {
      size_t part = next_part (log, data, size);

      append (log, data, part);
      data += part;
      size -= part;
    }
}

void
tc_log_file_close (tc_log_file *log)
{
  if (log == NULL)
    return;
  (void) close (log->fd);
  free (log);
}

/* Returns how much of the lines in `data` to write to the file, which may be another one than before. A line that
   is longer than a file may be has a file of its own. Where no file can be begun, the one there is grows on. */
static size_t
next_part (tc_log_file *log, const uint8_t *data, size_t size)
{
  const uint64_t max = log->limits.max_size;
  size_t part;

  if (max == 0)
    return size;
  part = lines_within (data, size, log->size < max ? max - log->size : 0);
  if (part == 0 && log->size > 0)
    {
      if (!begin_next (log))
        return size;
      part = lines_within (data, size, max);
    }
  return part > 0 ? part : first_line (data, size);
}

/* Returns the length of the whole lines that fit into `room`. */
static size_t
lines_within (const uint8_t *data, size_t size, uint64_t room)
{
  const uint8_t *end;

  if (size <= room)
    return size;
  end = memrchr (data, '\n', (size_t) room);
  return end == NULL ? 0 : (size_t) (end - data) + 1;
}

static size_t
first_line (const uint8_t *data, size_t size)
{
  const uint8_t *end = memchr (data, '\n', size);

  return end == NULL ? size : (size_t) (end - data) + 1;
}

/* On a full disk what was written of a batch is cut off again, and the batch dropped, so that every line in the
   file is complete. The container never waits for room. */
static void
append (tc_log_file *log, const uint8_t *data, size_t size)
{
  ssize_t written;

  do
    written = write (log->fd, data, size);
  while (written < 0 && errno == EINTR);
  if (written <= 0)
    return;
  if ((size_t) written == size)
    {
      log->size += size;
      return;
    }
  {
    off_t end = lseek (log->fd, 0, SEEK_END);

    if (end >= written)
      (void) !ftruncate (log->fd, end - written);
  }
}

/* The next file is there before the current one is renamed, so a full disk changes nothing. Between the two
   renames there is no file at the path; whoever opens a log then creates one. */
static bool
begin_next (tc_log_file *log)
{
  char next[PATH_MAX];
  tc_auto_fd fd = -1;

  if ((size_t) snprintf (next, sizeof (next), "%s.new", log->path) >= sizeof (next))
    return false;
  fd = open (next, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  if ((log->limits.max_files > 1 && !put_aside (log)) || rename (next, log->path) < 0)
    {
      (void) unlink (next);
      return false;
    }
  (void) close (log->fd);
  log->fd = tc_steal_fd (&fd);
  log->size = 0;
  return true;
}

/* Renames the current file. One that is not there was renamed before. */
static bool
put_aside (const tc_log_file *log)
{
  char full[PATH_MAX];
  uint64_t number = visit_full (log->path, 0) + 1;
  const uint64_t kept = log->limits.max_files - 1;

  if ((size_t) snprintf (full, sizeof (full), "%s.%" PRIu64, log->path, number) >= sizeof (full))
    return false;
  if (rename (log->path, full) < 0)
    return errno == ENOENT;
  if (number > kept)
    (void) visit_full (log->path, number - kept);
  return true;
}

/* Removes the full files of the log at `path` with numbers of `last_removed` at most, packed or not, and returns
   the largest number there is; 0 if there is none. */
static uint64_t
visit_full (const char *path, uint64_t last_removed)
{
  const char *name = strrchr (path, '/') + 1;
  char folder[PATH_MAX];
  const struct dirent *entry;
  uint64_t largest = 0;
  DIR *stream;

  (void) snprintf (folder, sizeof (folder), "%.*s", (int) (name - path), path);
  stream = opendir (folder);
  if (stream == NULL)
    return 0;
  while ((entry = readdir (stream)) != NULL)
    {
      uint64_t number = number_of (entry->d_name, name);

      if (number > largest)
        largest = number;
      if (number > 0 && number <= last_removed)
        (void) unlinkat (dirfd (stream), entry->d_name, 0);
    }
  (void) closedir (stream);
  return largest;
}

/* Returns N of `LOG.N` and `LOG.N.gz`; 0 for any other name. */
static uint64_t
number_of (const char *name, const char *log_name)
{
  size_t length = strlen (log_name);
  const char *digits = name + length + 1;
  char *end;
  unsigned long long number;

  if (strncmp (name, log_name, length) != 0 || name[length] != '.' || *digits < '1' || *digits > '9')
    return 0;
  number = strtoull (digits, &end, 10);
  return number < UINT64_MAX && (*end == '\0' || strcmp (end, ".gz") == 0) ? number : 0;
}
