#include "mounts.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

int
tc_mount (const tc_operation *op, tc_error *error)
{
  const char *source = op->text[0], *target = op->text[1], *type = op->text[2];

  if (mount (source, target, type, (unsigned long) op->number[0], op->text[3]) < 0)
    return tc_fail (error, errno, "mount", target);
  return 0;
}

int
tc_open_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  const char *source = op->text[0];
  unsigned recursive = op->number[1] != 0 ? AT_RECURSIVE : 0;
  struct mount_attr attr = { .attr_set = op->number[2], .propagation = op->number[3] };
  tc_auto_fd tree = -1;

  tree = open_tree (AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);
  if (tree < 0)
    return tc_fail (error, errno, "open_tree", source);
  if ((attr.attr_set != 0 || attr.propagation != 0)
      && mount_setattr (tree, "", AT_EMPTY_PATH | recursive, &attr, sizeof (attr)) < 0)
    return tc_fail (error, errno, "mount_setattr", source);
  tc_close_fd (&slots[op->number[0]]);
  slots[op->number[0]] = tc_steal_fd (&tree);
  return 0;
}

int
tc_move_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  int *slot = &slots[op->number[0]];

  if (*slot < 0)
    return tc_fail (error, EBADF, "move_mount", op->text[0]);
  if (move_mount (*slot, "", AT_FDCWD, op->text[0], MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS)
      < 0)
    return tc_fail (error, errno, "move_mount", op->text[0]);
  tc_close_fd (slot);
  return 0;
}

/* pivot_root(".", ".") stacks the old root on the new one, so no folder is needed to put it in
   (pivot_root(2), NOTES). */
int
tc_pivot_root (const char *root, tc_error *error)
{
  if (chdir (root) < 0)
    return tc_fail (error, errno, "chdir", root);
  if (syscall (SYS_pivot_root, ".", ".") < 0)
    return tc_fail (error, errno, "pivot_root", root);
  if (umount2 (".", MNT_DETACH) < 0)
    return tc_fail (error, errno, "umount2", root);
  if (chdir ("/") < 0)
    return tc_fail (error, errno, "chdir", "/");
  return 0;
}

/* Covers with a clone of a descriptor that was seen to be the null device: a /dev/null that something
   replaced would otherwise lay a file of its choice over the path (CVE-2025-31133). */
static int
mask_file (const char *path, tc_error *error)
{
  tc_auto_fd tree = -1;
  struct stat status;

  tree = open_tree (AT_FDCWD, "/dev/null",
                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
  if (tree < 0)
    return tc_fail (error, errno, "open_tree", "/dev/null");
  if (fstat (tree, &status) < 0)
    return tc_fail (error, errno, "fstat", "/dev/null");
  if (!S_ISCHR (status.st_mode) || status.st_rdev != makedev (1, 3))
    return tc_fail (error, ENODEV, "mask", "/dev/null");
  if (move_mount (tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
    return tc_fail (error, errno, "move_mount", path);
  return 0;
}

int
tc_mask_path (const char *path, tc_error *error)
{
  struct stat status;

  if (stat (path, &status) < 0)
    return tc_fail (error, errno, "stat", path);
  if (!S_ISDIR (status.st_mode))
    return mask_file (path, error);
  if (mount ("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k,mode=755")
      < 0)
    return tc_fail (error, errno, "mount", path);
  return 0;
}

/* The copy is made read-only while it is still detached. */
int
tc_read_only_path (const char *path, tc_error *error)
{
  struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
  tc_auto_fd tree = -1;

  tree = open_tree (AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0)
    return tc_fail (error, errno, "open_tree", path);
  if (mount_setattr (tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof (attr)) < 0)
    return tc_fail (error, errno, "mount_setattr", path);
  if (move_mount (tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
    return tc_fail (error, errno, "move_mount", path);
  return 0;
}

int
tc_set_mount_attributes (const char *path, uint64_t attributes, tc_error *error)
{
  struct mount_attr attr = { .attr_set = attributes };

  if (mount_setattr (AT_FDCWD, path, 0, &attr, sizeof (attr)) < 0)
    return tc_fail (error, errno, "mount_setattr", path);
  return 0;
}
