/* Runs as the keeper's user, and in a child up to its exec. What is kept may be secret: nothing here shows it in
   an error. */
#include "memory_file.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#define COPY_BYTES 0x7ffff000u /* as much as sendfile(2) takes */

/* Pages of ramfs are not swapped out, unlike those of tmpfs and memfd_create(2). The mount is detached: it ends
   with its last file. */
int
tc_memory_file_open (tc_error *error)
{
  tc_auto_fd context = fsopen ("ramfs", FSOPEN_CLOEXEC);
  tc_auto_fd root = -1;
  int fd;

  if (context < 0)
    return tc_fail (error, errno, "fsopen", "ramfs");
  if (fsconfig (context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    return tc_fail (error, errno, "fsconfig create", "ramfs");
  root = fsmount (context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSUID);
  if (root < 0)
    return tc_fail (error, errno, "fsmount", "ramfs");
  fd = openat (root, "file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd < 0 ? tc_fail (error, errno, "openat", "ramfs") : fd;
}

int
tc_memory_file_write (int fd, tc_span content, bool appends, tc_error *error)
{
  off_t at = appends ? lseek (fd, 0, SEEK_END) : 0;
  size_t written = 0;

  if (at < 0 || (!appends && ftruncate (fd, 0) < 0))
    return tc_fail (error, errno, "truncate", NULL);
  while (written < content.size)
    {
      ssize_t result = pwrite (fd, content.data + written, content.size - written, at + (off_t) written);

      if (result < 0 && errno == EINTR)
        continue;
      if (result <= 0)
        {
          int err = result < 0 ? errno : EIO;

          (void) ftruncate (fd, 0);
          return tc_fail (error, err, "write", NULL);
        }
      written += (size_t) result;
    }
  return 0;
}

/* The descriptor is shared with other children, so its offset is not used. */
int
tc_memory_file_copy (int fd, const char *path, mode_t mode, tc_error *error)
{
  tc_auto_fd copy = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  off_t at = 0;
  ssize_t copied;

  if (copy < 0)
    return tc_fail (error, errno, "open", path);
  do
    copied = sendfile (copy, fd, &at, COPY_BYTES);
  while (copied > 0 || (copied < 0 && errno == EINTR));
  return copied < 0 ? tc_fail (error, errno, "sendfile", path) : 0;
}
