#include "files.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 40
/* How often a group above may vanish under way, removed by another project that is just going down. */
#define MAX_CGROUP_ATTEMPTS 10

/* A walk along a path whose links are followed by hand. */
typedef struct
{
  int folder; /* O_PATH */
  char rest[2 * PATH_MAX];
  unsigned links;
} tc_walk;

static int enter (tc_walk *walk, const char *folder);
static int step (tc_walk *walk, bool directory, mode_t mode, bool *done);
static int follow (tc_walk *walk, const char *name, const char *rest);
static int make (int folder, const char *name, bool directory, mode_t mode);
static int make_parent (const char *path, tc_error *error);

int
tc_write_file (const char *path, int flags, mode_t mode, tc_span content, tc_error *error)
{
  tc_auto_fd fd = open (path, flags | O_CLOEXEC, mode);
  ssize_t written;

  if (fd < 0)
    return tc_fail (error, errno, "open", path);
  do
    written = write (fd, content.data, content.size);
  while (written < 0 && errno == EINTR);
  if (written < 0)
    return tc_fail (error, errno, "write", path);
  if ((size_t) written != content.size)
    return tc_fail (error, EIO, "write", path);
  return 0;
}

int
tc_write_each (const char *path, char *const texts[], tc_error *error)
{
  tc_auto_fd fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return tc_fail (error, errno, "open", path);
  for (; *texts != NULL; texts++)
    {
      ssize_t written;

      do
        written = write (fd, *texts, strlen (*texts));
      while (written < 0 && errno == EINTR);
      if (written < 0)
        return tc_fail (error, errno, *texts, path);
    }
  return 0;
}

/* Mostly only the innermost folder is missing. Other children may make those above it at the same time. */
int
tc_make_cgroup (const char *path, tc_error *error)
{
  for (int attempt = 0; attempt < MAX_CGROUP_ATTEMPTS; attempt++)
    {
      if (mkdir (path, 0755) == 0 || errno == EEXIST)
        return 0;
      if (errno != ENOENT)
        return tc_fail (error, errno, "mkdir", path);
      if (tc_make_target (path, true, 0755, error) < 0 && error->err != ENOENT
          && error->err != EEXIST)
        return -error->err;
    }
  return tc_fail (error, ENOENT, "mkdir", path);
}

int
tc_join_namespace (const char *path, int kind, tc_error *error)
{
  tc_auto_fd fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return tc_fail (error, errno, "open", path);
  if (setns (fd, kind) < 0)
    return tc_fail (error, errno, "setns", path);
  return 0;
}

int
tc_make_target (const char *target, bool directory, mode_t mode, tc_error *error)
{
  tc_walk walk = { .folder = -1, .links = 0 };
  size_t length = strlen (target);
  bool done = false;
  int result;

  if (length >= PATH_MAX)
    return tc_fail (error, ENAMETOOLONG, "make target", target);
  memcpy (walk.rest, target, length + 1);
  result = enter (&walk, target[0] == '/' ? "/" : ".");
  while (result == 0 && !done)
    result = step (&walk, directory, mode, &done);
  tc_close_fd (&walk.folder);
  return result < 0 ? tc_fail (error, -result, "make target", target) : 0;
}

static int
enter (tc_walk *walk, const char *folder)
{
  int from = walk->folder < 0 ? AT_FDCWD : walk->folder;
  int fd = openat (from, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    return -errno;
  tc_close_fd (&walk->folder);
  walk->folder = fd;
  return 0;
}

/* Takes one name off `rest`. */
static int
step (tc_walk *walk, bool directory, mode_t mode, bool *done)
{
  char name[NAME_MAX + 1];
  const char *start = walk->rest + strspn (walk->rest, "/");
  size_t length = strcspn (start, "/");
  const char *rest = start + length;
  bool last = rest[strspn (rest, "/")] == '\0';
  struct stat status;
  int result = 0;

  if (length == 0)
    {
      *done = true;
      return 0;
    }
  if (length > NAME_MAX)
    return -ENAMETOOLONG;
  memcpy (name, start, length);
  name[length] = '\0';

  if (fstatat (walk->folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
    {
      if (errno != ENOENT)
        return -errno;
      result = make (walk->folder, name, directory || !last, last ? mode : 0755);
    }
  else if (S_ISLNK (status.st_mode))
    return follow (walk, name, rest);

  if (result < 0 || last)
    {
      *done = true;
      return result;
    }
  memmove (walk->rest, rest, strlen (rest) + 1);
  return enter (walk, name);
}

static int
follow (tc_walk *walk, const char *name, const char *rest)
{
  char link[PATH_MAX];
  ssize_t length = readlinkat (walk->folder, name, link, sizeof (link));
  size_t rest_length = strlen (rest);

  if (length < 0)
    return -errno;
  if (++walk->links > MAX_LINKS)
    return -ELOOP;
  if ((size_t) length + rest_length >= sizeof (walk->rest))
    return -ENAMETOOLONG;
  memmove (walk->rest + length, rest, rest_length + 1);
  memcpy (walk->rest, link, (size_t) length);
  return length > 0 && link[0] == '/' ? enter (walk, "/") : 0;
}

static int
make (int folder, const char *name, bool directory, mode_t mode)
{
  int fd;

  if (directory)
    return mkdirat (folder, name, mode) < 0 ? -errno : 0;
  fd = openat (folder, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0)
    return -errno;
  (void) close (fd);
  return 0;
}

int
tc_place_link (const char *target, const char *path, tc_error *error)
{
  struct stat status;

  if (make_parent (path, error) < 0)
    return -error->err;
  if (symlink (target, path) == 0)
    return 0;
  if (errno != EEXIST)
    return tc_fail (error, errno, "symlink", path);
  if (fstatat (AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
    return tc_fail (error, errno, "fstatat", path);
  if (!S_ISLNK (status.st_mode))
    return 0;
  if (unlink (path) < 0)
    return tc_fail (error, errno, "unlink", path);
  if (symlink (target, path) < 0)
    return tc_fail (error, errno, "symlink", path);
  return 0;
}

int
tc_place_file (const char *path, mode_t mode, tc_span content, tc_error *error)
{
  if (make_parent (path, error) < 0)
    return -error->err;
  if (unlink (path) < 0 && errno != ENOENT)
    return tc_fail (error, errno, "unlink", path);
  return tc_write_file (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode, content, error);
}

static int
make_parent (const char *path, tc_error *error)
{
  char parent[PATH_MAX];
  const char *name = strrchr (path, '/');
  size_t length = name == NULL ? 0 : (size_t) (name - path);

  if (length >= sizeof (parent))
    return tc_fail (error, ENAMETOOLONG, "make target", path);
  if (length == 0)
    return 0;
  memcpy (parent, path, length);
  parent[length] = '\0';
  return tc_make_target (parent, true, 0755, error);
}
