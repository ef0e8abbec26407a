/* Runs in the keeper's child, before its root has changed, with the keeper's rights. The kernel takes the mapping of a
   mount from a user namespace (mount_setattr(2)), and a namespace needs a process while it is written. */
#include "owner_map.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int map_by (const tc_operation *op, const int slots[TC_SLOTS], int namespace, tc_error *error);
static int open_namespace (const char *uid_map, const char *gid_map, tc_error *error);
static _Noreturn void hold_namespace (int socket);
static int write_maps (int socket, const char *uid_map, const char *gid_map, tc_error *error);
static int receive_folder (int socket, tc_error *error);
static int write_map (int folder, const char *name, const char *map, tc_error *error);

int
tc_map_tree (const tc_operation *op, const int slots[TC_SLOTS], tc_error *error)
{
  tc_auto_fd namespace = open_namespace (op->text[0], op->text[1], error);

  return namespace < 0 ? namespace : map_by (op, slots, namespace, error);
}

int
tc_make_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  int *slot = &slots[op->number[0]];
  int namespace = open_namespace (op->text[0], op->text[1], error);

  if (namespace < 0)
    return namespace;
  tc_close_fd (slot);
  *slot = namespace;
  return 0;
}

int
tc_map_tree_by (const tc_operation *op, const int slots[TC_SLOTS], tc_error *error)
{
  int namespace = slots[op->number[2]];

  if (namespace < 0)
    return tc_fail (error, EBADF, "mount_setattr", "user namespace");
  return map_by (op, slots, namespace, error);
}

/* Needs CAP_SYS_ADMIN in the namespace, which its maker's user namespace gives; user_namespaces(7). */
int
tc_enter_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  int *slot = &slots[op->number[0]];

  if (*slot < 0)
    return tc_fail (error, EBADF, "setns", "user namespace");
  if (setns (*slot, CLONE_NEWUSER) < 0)
    return tc_fail (error, errno, "setns", "user namespace");
  tc_close_fd (slot);
  return 0;
}

static int
map_by (const tc_operation *op, const int slots[TC_SLOTS], int namespace, tc_error *error)
{
  int slot = slots[op->number[0]];
  unsigned recursive = op->number[1] != 0 ? AT_RECURSIVE : 0;
  struct mount_attr attr
      = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t) (unsigned) namespace };

  if (slot < 0)
    return tc_fail (error, EBADF, "mount_setattr", "idmap");
  if (mount_setattr (slot, "", AT_EMPTY_PATH | recursive, &attr, sizeof (attr)) < 0)
    return tc_fail (error, errno, "mount_setattr", "idmap");
  return 0;
}

/* Returns the descriptor of a user namespace that no process is in. */
static int
open_namespace (const char *uid_map, const char *gid_map, tc_error *error)
{
  struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
  tc_auto_fd own = -1;
  tc_auto_fd holders = -1;
  int ends[2];
  int result;
  long holder;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return tc_fail (error, errno, "socketpair", NULL);
  own = ends[0];
  holders = ends[1];
  holder = syscall (SYS_clone3, &args, sizeof (args));
  if (holder == 0)
    {
      tc_close_fd (&own);
      hold_namespace (holders);
    }
  if (holder < 0)
    return tc_fail (error, errno, "clone3", "user namespace");
  tc_close_fd (&holders);
  result = write_maps (own, uid_map, gid_map, error);
  (void) kill ((pid_t) holder, SIGKILL);
  while (waitpid ((pid_t) holder, NULL, __WALL) < 0 && errno == EINTR)
    continue;
  return result;
}

/* The folder of the process in the host's procfs goes to the parent, which may be in another PID namespace and so
   does not know its name there. The end of the parent ends this process too. */
static _Noreturn void
hold_namespace (int socket)
{
  int folder = open ("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
  char byte = 0;

  if (folder >= 0 && tc_send_descriptor (socket, &byte, sizeof (byte), folder) == sizeof (byte))
    (void) !read (socket, &byte, sizeof (byte));
  _exit (0);
}

/* Only a process outside the namespace may write a map of more than its own id. */
static int
write_maps (int socket, const char *uid_map, const char *gid_map, tc_error *error)
{
  tc_auto_fd folder = receive_folder (socket, error);
  int namespace;

  if (folder < 0)
    return folder;
  if (write_map (folder, "uid_map", uid_map, error) < 0
      || write_map (folder, "gid_map", gid_map, error) < 0)
    return -error->err;
  namespace = openat (folder, "ns/user", O_RDONLY | O_CLOEXEC);
  return namespace < 0 ? tc_fail (error, errno, "open", "ns/user") : namespace;
}

static int
receive_folder (int socket, tc_error *error)
{
  int fds[TC_MAX_DESCRIPTORS];
  size_t count = 0;
  char byte;

  if (tc_receive_descriptors (socket, &byte, sizeof (byte), fds, &count) < 0)
    return tc_fail (error, errno, "recvmsg", "user namespace");
  return count == 1 ? fds[0] : tc_fail (error, ESRCH, "open", "/proc/self");
}

static int
write_map (int folder, const char *name, const char *map, tc_error *error)
{
  tc_auto_fd fd = openat (folder, name, O_WRONLY | O_CLOEXEC);
  size_t size = strlen (map);

  if (fd < 0)
    return tc_fail (error, errno, "open", name);
  if (write (fd, map, size) != (ssize_t) size)
    return tc_fail (error, errno, "write", name);
  return 0;
}
