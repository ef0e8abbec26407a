#include "mounts.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

static int clone_tree (const tc_operation *op, int slots[TC_SLOTS], int source, const char *path,
                       tc_error *error);

int
tc_mount (const tc_operation *op, tc_error *error)
{
  const char *source = op->text[0], *target = op->text[1], *type = op->text[2];

  if (mount (source, target, type, (unsigned long) op->number[0], op->text[3]) < 0)
    return tc_fail (error, errno, "mount", target);
  return 0;
}

/* An option without a value is a flag. A kernel before 6.5 does not know "lowerdir+" and refuses the first
   layer. */
int
tc_mount_overlay (const tc_operation *op, tc_error *error)
{
  const char *target = op->text[0];
  char **layers = op->list[0], **names = op->list[1], **values = op->list[2];
  tc_auto_fd context = -1;
  tc_auto_fd tree = -1;

  context = fsopen ("overlay", FSOPEN_CLOEXEC);
  if (context < 0)
    return tc_fail (error, errno, "fsopen", "overlay");
  for (; *layers != NULL; layers++)
    if (fsconfig (context, FSCONFIG_SET_STRING, "lowerdir+", *layers, 0) < 0)
      return tc_fail (error, errno, "fsconfig lowerdir+", *layers);
  for (; *names != NULL; names++, values++)
    {
      bool is_flag = **values == '\0';

      if (fsconfig (context, is_flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, *names,
                    is_flag ? NULL : *values, 0)
          < 0)
        return tc_fail (error, errno, "fsconfig", *names);
    }
  if (fsconfig (context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    return tc_fail (error, errno, "fsconfig create", target);
  tree = fsmount (context, FSMOUNT_CLOEXEC, 0);
  if (tree < 0)
    return tc_fail (error, errno, "fsmount", target);
  if (move_mount (tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
    return tc_fail (error, errno, "move_mount", target);
  return 0;
}

int
tc_open_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  return clone_tree (op, slots, AT_FDCWD, op->text[0], error);
}

/* The descriptor is passed on, so that no path is resolved twice while a container can change it. */
int
tc_open_tree_beneath (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
  tc_auto_fd root = -1;
  tc_auto_fd source = -1;

  root = open (op->text[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    return tc_fail (error, errno, "open", op->text[0]);
  source = (int) syscall (SYS_openat2, root, op->text[1], &how, sizeof (how));
  if (source < 0)
    return tc_fail (error, errno, "openat2", op->text[1]);
  return clone_tree (op, slots, source, op->text[1], error);
}

/* Clones the tree at the descriptor `source`, or, for AT_FDCWD, at `path`. */
static int
clone_tree (const tc_operation *op, int slots[TC_SLOTS], int source, const char *path, tc_error *error)
{
  unsigned recursive = op->number[1] != 0 ? AT_RECURSIVE : 0;
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive;
  struct mount_attr attr = { .attr_set = op->number[2], .propagation = op->number[3] };
  tc_auto_fd tree = -1;

  tree = source == AT_FDCWD ? open_tree (AT_FDCWD, path, flags)
                            : open_tree (source, "", flags | AT_EMPTY_PATH);
  if (tree < 0)
    return tc_fail (error, errno, "open_tree", path);
  if ((attr.attr_set != 0 || attr.propagation != 0)
      && mount_setattr (tree, "", AT_EMPTY_PATH | recursive, &attr, sizeof (attr)) < 0)
    return tc_fail (error, errno, "mount_setattr", path);
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

/* A link of the image, or of a volume that another container changes meanwhile, can lead the target
   anywhere in the root. A mount over a part of /proc would deceive its readers, LSM settings included
   (CVE-2019-16884), and a mount over the root would not be visible. The descriptor that is mounted on is
   the one that is checked. */
int
tc_place_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS };
  int *slot = &slots[op->number[0]];
  const char *path = op->text[0];
  tc_auto_fd target = -1;
  struct statfs system;
  struct stat status, root;

  if (*slot < 0)
    return tc_fail (error, EBADF, "move_mount", path);
  target = (int) syscall (SYS_openat2, AT_FDCWD, path, &how, sizeof (how));
  if (target < 0)
    return tc_fail (error, errno, "openat2", path);
  if (fstatfs (target, &system) < 0)
    return tc_fail (error, errno, "fstatfs", path);
  if (fstat (target, &status) < 0 || stat ("/", &root) < 0)
    return tc_fail (error, errno, "fstat", path);
  if (system.f_type == PROC_SUPER_MAGIC
      || (status.st_dev == root.st_dev && status.st_ino == root.st_ino))
    return tc_fail (error, EPERM, "place tree", path);
  if (move_mount (*slot, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    return tc_fail (error, errno, "move_mount", path);
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

/* The cover is a clone whose descriptor was checked to be the null device: whoever replaced /dev/null would
   otherwise choose what covers the path (CVE-2025-31133). */
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
