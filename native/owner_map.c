/* Runs in the keeper's child, before its root has changed, with the keeper's rights. The kernel takes the mapping of a
   mount from a user namespace (mount_setattr(2)), and a namespace needs a process while it is written. */
#include "owner_map.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* A process in namespaces of its own, which ends with its socket. */
typedef struct
{
  pid_t pid;
  int socket;
  /* Of the process, in the host's procfs. */
  int folder;
} tc_holder;

static int put (int *slot, int namespace);
static int map_by (const tc_operation *op, const int slots[TC_SLOTS], int namespace, tc_error *error);
static int open_namespace (const char *uid_map, const char *gid_map, tc_error *error);
static int open_made (unsigned flags, const char *const texts[3], tc_error *error);
static int open_owner (tc_error *error);
static bool is_own (int namespace);
static int hold (unsigned flags, tc_holder *holder, tc_error *error);
static void release (tc_holder *holder);
static _Noreturn void hold_namespace (int socket);
static int write_maps (int folder, const char *uid_map, const char *gid_map, tc_error *error);
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
  return put (&slots[op->number[0]], open_namespace (op->text[0], op->text[1], error));
}

int
tc_owning_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error)
{
  tc_auto_fd owner = open_owner (error);

  if (owner < 0)
    return owner;
  if (is_own (owner))
    return tc_make_user_namespace (op, slots, error);
  return put (&slots[op->number[0]], tc_steal_fd (&owner));
}

int
tc_open_owned_network (const char *uid_map, const char *gid_map, tc_error *error)
{
  return open_made (CLONE_NEWUSER | CLONE_NEWNET, (const char *[]){ uid_map, gid_map, "ns/net" }, error);
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

static int
put (int *slot, int namespace)
{
  if (namespace < 0)
    return namespace;
  tc_close_fd (slot);
  *slot = namespace;
  return 0;
}

/* ioctl_ns(2): the user namespace that owns the network namespace of this process. */
static int
open_owner (tc_error *error)
{
  tc_auto_fd network = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int owner;

  if (network < 0)
    return tc_fail (error, errno, "open", "/proc/self/ns/net");
  owner = ioctl (network, NS_GET_USERNS);
  if (owner < 0)
    return tc_fail (error, errno, "ioctl", "network namespace");
  (void) fcntl (owner, F_SETFD, FD_CLOEXEC);
  return owner;
}

static bool
is_own (int namespace)
{
  struct stat own, other;

  return stat ("/proc/self/ns/user", &own) == 0 && fstat (namespace, &other) == 0
         && own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* Makes namespaces by the flags, of which one is a user namespace with the maps that `texts` begins with, and returns
   the descriptor of the one that its third text names. No process is in them. */
static int
open_made (unsigned flags, const char *const texts[3], tc_error *error)
{
  tc_holder holder;
  int result = hold (flags, &holder, error);

  if (result == 0)
    result = write_maps (holder.folder, texts[0], texts[1], error);
  if (result == 0)
    {
      result = openat (holder.folder, texts[2], O_RDONLY | O_CLOEXEC);
      if (result < 0)
        result = tc_fail (error, errno, "open", texts[2]);
    }
  release (&holder);
  return result;
}

static int
open_namespace (const char *uid_map, const char *gid_map, tc_error *error)
{
  return open_made (CLONE_NEWUSER, (const char *[]){ uid_map, gid_map, "ns/user" }, error);
}

/* The holder is to be released, also where this fails. */
static int
hold (unsigned flags, tc_holder *holder, tc_error *error)
{
  struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
  int ends[2];

  *holder = (tc_holder){ .pid = -1, .socket = -1, .folder = -1 };
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return tc_fail (error, errno, "socketpair", NULL);
  holder->socket = ends[0];
  holder->pid = (pid_t) syscall (SYS_clone3, &args, sizeof (args));
  if (holder->pid == 0)
    {
      (void) close (ends[0]);
      hold_namespace (ends[1]);
    }
  if (holder->pid < 0)
    (void) tc_fail (error, errno, "clone3", "user namespace");
  (void) close (ends[1]);
  if (holder->pid < 0)
    return -error->err;
  holder->folder = receive_folder (holder->socket, error);
  return holder->folder < 0 ? -error->err : 0;
}

static void
release (tc_holder *holder)
{
  tc_close_fd (&holder->folder);
  tc_close_fd (&holder->socket);
  if (holder->pid <= 0)
    return;
  (void) kill (holder->pid, SIGKILL);
  while (waitpid (holder->pid, NULL, __WALL) < 0 && errno == EINTR)
    continue;
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
write_maps (int folder, const char *uid_map, const char *gid_map, tc_error *error)
{
  if (write_map (folder, "uid_map", uid_map, error) < 0
      || write_map (folder, "gid_map", gid_map, error) < 0)
    return -error->err;
  return 0;
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
