/* Runs in the keeper's child, on the host's side of its program. The record is a file of tcompose that no
   container reaches; what the process has mounted may be another container's doing. */
#include "other_process.h"

#include "cleanup.h"
#include "start_time.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

static int open_process (const char *record, tc_error *error);
static int join (int process, int namespace, tc_error *error);
static int clone_here (const tc_operation *op, int *slot, tc_error *error);

int
tc_join_process (const char *record, int namespace, tc_error *error)
{
  tc_auto_fd process = open_process (record, error);

  return process < 0 ? -error->err : join (process, namespace, error);
}

/* setns(2) on a mount namespace makes its root the caller's, so the way back is more than the namespace. */
int
tc_open_tree_of (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  tc_auto_fd process = -1;
  tc_auto_fd root = -1;
  tc_auto_fd mounts = -1;

  process = open_process (op->text[0], error);
  if (process < 0)
    return -error->err;
  root = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  mounts = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (root < 0 || mounts < 0)
    return tc_fail (error, errno, "open", "/proc/self/ns/mnt");
  if (join (process, CLONE_NEWNS, error) < 0)
    return -error->err;
  if (clone_here (op, &slots[op->number[0]], error) < 0)
    return -error->err;
  if (setns (mounts, CLONE_NEWNS) < 0)
    return tc_fail (error, errno, "setns", "own mounts");
  if (fchdir (root) < 0 || chroot (".") < 0)
    return tc_fail (error, errno, "chroot", "/");
  return 0;
}

/* Returns the folder of the process in the host's /proc, since its number means nothing in the PID namespace that
   the caller may have been born in. A record that names an earlier process with this number is ESRCH. */
static int
open_process (const char *record, tc_error *error)
{
  char text[96];
  char path[32];
  char *end;
  tc_auto_fd fd = -1;
  tc_auto_fd process = -1;
  ssize_t size;
  pid_t pid;

  fd = open (record, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return tc_fail (error, errno == ENOENT ? ESRCH : errno, "open", record);
  size = read (fd, text, sizeof (text) - 1);
  if (size < 0)
    return tc_fail (error, errno, "read", record);
  text[size] = '\0';
  pid = (pid_t) strtoul (text, &end, 10);
  if (pid <= 0)
    return tc_fail (error, EINVAL, "read", record);
  (void) snprintf (path, sizeof (path), "/proc/%d", (int) pid);
  process = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0)
    return tc_fail (error, errno == ENOENT ? ESRCH : errno, "open", path);
  if (tc_start_time_at (process) != strtoull (end, NULL, 10))
    return tc_fail (error, ESRCH, "open", path);
  return tc_steal_fd (&process);
}

/* A process that has ended and was not reaped has no namespaces. */
static int
join (int process, int namespace, tc_error *error)
{
  const char *name = namespace == CLONE_NEWPID ? "ns/pid" : namespace == CLONE_NEWIPC ? "ns/ipc" : "ns/mnt";
  tc_auto_fd fd = openat (process, name, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return tc_fail (error, errno == ENOENT ? ESRCH : errno, "open", name);
  return setns (fd, namespace) < 0 ? tc_fail (error, errno, "setns", name) : 0;
}

static int
clone_here (const tc_operation *op, int *slot, tc_error *error)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
  const char *path = op->text[1];
  tc_auto_fd source = -1;
  tc_auto_fd tree = -1;
  struct statfs system;

  source = (int) syscall (SYS_openat2, AT_FDCWD, path, &how, sizeof (how));
  if (source < 0)
    return tc_fail (error, errno, "openat2", path);
  if (fstatfs (source, &system) < 0)
    return tc_fail (error, errno, "fstatfs", path);
  if (op->number[1] != 0 && (uint64_t) system.f_type != op->number[1])
    return tc_fail (error, EPERM, "clone", path);
  tree = open_tree (source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  if (tree < 0)
    return tc_fail (error, errno, "open_tree", path);
  tc_close_fd (slot);
  *slot = tc_steal_fd (&tree);
  return 0;
}
