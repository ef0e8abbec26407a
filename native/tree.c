/* Runs as the keeper's user. What is in a folder was written by containers, and is not trusted: names are resolved one at
   a time, below a descriptor. */
#include "tree.h"

#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

/* Each folder on the way is open. */
#define MOST_DEPTH 256u

static void empty_folder (int folder, unsigned depth);
static void remove_entry (int folder, const char *name, unsigned depth);
static int open_folder (int parent, const char *name);
static bool unmount_namespace (int folder, const char *name);

void
tc_tree_remove (const char *path)
{
  tc_auto_fd folder = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (folder < 0 || flock (folder, LOCK_EX | LOCK_NB) < 0)
    return;
  empty_folder (folder, 0);
  (void) rmdir (path);
}

static void
empty_folder (int folder, unsigned depth)
{
  int copy = fcntl (folder, F_DUPFD_CLOEXEC, 3);
  DIR *entries = copy < 0 ? NULL : fdopendir (copy);
  struct dirent *entry;

  if (entries == NULL)
    {
      tc_close_fd (&copy);
      return;
    }
  while ((entry = readdir (entries)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      remove_entry (folder, entry->d_name, depth);
  (void) closedir (entries);
}

static void
remove_entry (int folder, const char *name, unsigned depth)
{
  tc_auto_fd below = -1;

  if (unlinkat (folder, name, 0) == 0)
    return;
  if (errno == EBUSY && unmount_namespace (folder, name))
    {
      (void) unlinkat (folder, name, 0);
      return;
    }
  if (depth == MOST_DEPTH)
    return;
  below = open_folder (folder, name);
  if (below < 0)
    return;
  empty_folder (below, depth + 1);
  (void) unlinkat (folder, name, AT_REMOVEDIR);
}

static int
open_folder (int parent, const char *name)
{
  const struct open_how how
      = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
          .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV };

  return (int) syscall (SYS_openat2, parent, name, &how, sizeof (how));
}

/* A namespace that is bound to a file lives on until it is unmounted; any other mount is somebody else's. */
static bool
unmount_namespace (int folder, const char *name)
{
  tc_auto_fd file = openat (folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  char path[sizeof ("/proc/self/fd/") + 12 + NAME_MAX];
  struct statfs system;

  if (file < 0 || fstatfs (file, &system) < 0 || system.f_type != NSFS_MAGIC)
    return false;
  (void) snprintf (path, sizeof (path), "/proc/self/fd/%d/%s", folder, name);
  tc_close_fd (&file);
  return umount2 (path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0;
}
