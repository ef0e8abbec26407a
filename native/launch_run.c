/* Interprets a launch program in the keeper's child, between clone and exec.

   Runs as the keeper's user, root in the first version, with every capability that the keeper has,
   until the program itself gives them up. The program was checked by tc_program_decode and comes
   from tcompose. What is not trusted is the image: after pivot-root every path is resolved inside
   the container's root, where a link can lead to nothing outside; before it, no path of the image
   is followed but the root itself. */
#include "launch_run.h"

#include "birth.h"
#include "credentials.h"
#include "files.h"
#include "memory_file.h"
#include "mounts.h"
#include "network.h"
#include "null_streams.h"
#include "owner_map.h"
#include "other_process.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int prepare (const tc_program *program, tc_launch *launch, tc_error *error);
static int take_step (const tc_operation *op, tc_launch *launch, tc_error *error);
static bool limits_descriptors (tc_op code);
static int run_operation (const tc_operation *op, tc_launch *launch, tc_error *error);
static bool is_absence (int err);
static int execute (const tc_operation *op, const tc_launch *launch, tc_error *error);
static int join_target (const tc_operation *op, const tc_launch *launch, tc_error *error);
static int write_held (const tc_operation *op, const tc_launch *launch, tc_error *error);
static int set_filter (const tc_operation *op, tc_launch *launch, tc_error *error);
static int open_terminal (const tc_operation *op, int report_fd, tc_error *error);
static int set_rlimit (const tc_operation *op, tc_error *error);
static int new_session (tc_error *error);
static int parent_death_signal (const tc_operation *op, const tc_launch *launch, tc_error *error);
static int checked (int result, tc_error *error, const char *what, const char *path);

int
tc_launch_run (const tc_program *program, tc_launch *launch, tc_error *error)
{
  size_t birth = launch->is_unborn ? tc_birth_index (program) : program->count;

  if (prepare (program, launch, error) < 0)
    return -error->err;
  for (size_t index = 0; index < program->count; index++)
    {
      const tc_operation *op = &program->operations[index];
      int result = index == birth ? tc_be_born (launch, error) : 0;

      if (result == 0 && op->is_of_new_network && launch->has_old_network)
        continue;

      if (result == 0)
        result = take_step (op, launch, error);
      if (result < 0 && !(op->optional && is_absence (-result)))
        {
          error->index = (int) index;
          return result;
        }
      if (op->code == TC_OP_END)
        return 0;
    }
  return tc_fail (error, ENOEXEC, "launch", NULL);
}

/* Opens what an operation needs while no earlier one, such as a limit or a filter, can forbid it. */
static int
prepare (const tc_program *program, tc_launch *launch, tc_error *error)
{
  for (size_t index = 0; index < program->count; index++)
    if (program->operations[index].code == TC_OP_RUN_INIT && launch->init.program < 0
        && tc_prepare_init (&launch->init, error) < 0)
      {
        error->index = (int) index;
        return -error->err;
      }
  return 0;
}

/* Standard streams are reopened after the change of root, once /dev is made, and before the first operation
   that may keep files from being opened. */
static int
take_step (const tc_operation *op, tc_launch *launch, tc_error *error)
{
  int result = 0;

  if (launch->has_host_null && limits_descriptors (op->code))
    {
      launch->has_host_null = false;
      result = tc_reopen_null_streams (error);
    }
  if (result == 0)
    result = run_operation (op, launch, error);
  if (result == 0
      && (op->code == TC_OP_PIVOT_ROOT
          || (op->code == TC_OP_JOIN_TARGET && (op->number[0] & CLONE_NEWNS) != 0)))
    launch->has_host_null = true;
  return result;
}

static bool
limits_descriptors (tc_op code)
{
  return code == TC_OP_SET_RLIMIT || code == TC_OP_SECCOMP || code == TC_OP_RUN_INIT
         || code == TC_OP_EXEC;
}

static int
run_operation (const tc_operation *op, tc_launch *launch, tc_error *error)
{
  const char *path = op->text[0];

  switch (op->code)
    {
    case TC_OP_JOIN_NAMESPACE:
      return tc_join_namespace (path, (int) op->number[0], error);
    case TC_OP_JOIN_PROCESS:
      return tc_join_process (path, (int) op->number[0], error);
    case TC_OP_JOIN_TARGET:
      return join_target (op, launch, error);
    case TC_OP_ENTER_CGROUP:
      return tc_write_file (path, O_WRONLY, 0, (tc_span){ (const uint8_t *) "0", 1 }, error);
    case TC_OP_MAKE_CGROUP:
      return tc_make_cgroup (path, error);
    case TC_OP_WRITE_EACH:
      return tc_write_each (path, op->list[0], error);
    case TC_OP_UNSHARE:
      return checked (unshare ((int) op->number[0]), error, "unshare", NULL);
    case TC_OP_MOUNT:
      return tc_mount (op, error);
    case TC_OP_MOUNT_OVERLAY:
      return tc_mount_overlay (op, error);
    case TC_OP_OPEN_TREE:
      return tc_open_tree (op, launch->slots, error);
    case TC_OP_OPEN_TREE_BENEATH:
      return tc_open_tree_beneath (op, launch->slots, error);
    case TC_OP_OPEN_TREE_OF:
      return tc_open_tree_of (op, launch->slots, error);
    case TC_OP_MAP_TREE:
      return tc_map_tree (op, launch->slots, error);
    case TC_OP_MAKE_USER_NAMESPACE:
      return tc_make_user_namespace (op, launch->slots, error);
    case TC_OP_OWNING_USER_NAMESPACE:
      return tc_owning_user_namespace (op, launch->slots, error);
    case TC_OP_NETWORK_OWNER:
      launch->owner_maps[0] = op->text[0];
      launch->owner_maps[1] = op->text[1];
      return 0;
    case TC_OP_MAP_TREE_BY:
      return tc_map_tree_by (op, launch->slots, error);
    case TC_OP_ENTER_USER_NAMESPACE:
      return tc_enter_user_namespace (op, launch->slots, error);
    case TC_OP_MOVE_TREE:
      return tc_move_tree (op, launch->slots, error);
    case TC_OP_PLACE_TREE:
      return tc_place_tree (op, launch->slots, error);
    case TC_OP_MAKE_TARGET:
      return tc_make_target (path, op->number[0] != 0, (mode_t) op->number[1], error);
    case TC_OP_MKDIR:
      return checked (mkdir (path, (mode_t) op->number[0]), error, "mkdir", path);
    case TC_OP_MKNOD:
      return checked (mknod (path, (mode_t) op->number[0],
                             makedev ((unsigned) op->number[1], (unsigned) op->number[2])),
                      error, "mknod", path);
    case TC_OP_SYMLINK:
      return checked (symlink (path, op->text[1]), error, "symlink", op->text[1]);
    case TC_OP_CHOWN:
      /* Follows links: /proc/self/fd/1 names an inherited pipe. */
      return checked (chown (path, (uid_t) op->number[0], (gid_t) op->number[1]), error, "chown",
                      path);
    case TC_OP_WRITE_FILE:
      return tc_write_file (path, O_WRONLY | O_TRUNC | (op->number[0] != 0 ? O_CREAT : 0),
                            (mode_t) op->number[1], op->bytes, error);
    case TC_OP_WRITE_HELD:
      return write_held (op, launch, error);
    case TC_OP_PLACE_LINK:
      return tc_place_link (path, op->text[1], error);
    case TC_OP_PLACE_FILE:
      return tc_place_file (path, (mode_t) op->number[0], op->bytes, error);
    case TC_OP_PIVOT_ROOT:
      return tc_pivot_root (path, error);
    case TC_OP_MASK_PATH:
      return tc_mask_path (path, error);
    case TC_OP_READ_ONLY_PATH:
      return tc_read_only_path (path, error);
    case TC_OP_SET_MOUNT_ATTRIBUTES:
      return tc_set_mount_attributes (path, op->number[0], error);
    case TC_OP_SET_HOSTNAME:
      return checked (sethostname (path, strlen (path)), error, "sethostname", path);
    case TC_OP_SET_DOMAINNAME:
      return checked (setdomainname (path, strlen (path)), error, "setdomainname", path);
    case TC_OP_SET_RLIMIT:
      return set_rlimit (op, error);
    case TC_OP_CHDIR:
      return checked (chdir (path), error, "chdir", path);
    case TC_OP_UMASK:
      launch->umask = (mode_t) (op->number[0] & 0777);
      return 0;
    case TC_OP_SET_GROUPS:
      return tc_set_groups (op->groups, op->group_count, error);
    case TC_OP_SET_FILE_OWNER:
      return tc_set_file_owner ((uid_t) op->number[0], (gid_t) op->number[1], error);
    case TC_OP_SET_GID:
      return tc_set_gid ((gid_t) op->number[0], error);
    case TC_OP_SET_UID:
      return tc_set_uid ((uid_t) op->number[0], error);
    case TC_OP_KEEP_CAPABILITIES:
      return checked (prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0), error, "prctl", "PR_SET_KEEPCAPS");
    case TC_OP_LIMIT_BOUNDING_SET:
      return tc_limit_bounding_set (op->number[0], error);
    case TC_OP_SET_CAPABILITIES:
      return tc_set_capabilities (op->number, error);
    case TC_OP_NO_NEW_PRIVILEGES:
      return checked (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), error, "prctl",
                      "PR_SET_NO_NEW_PRIVS");
    case TC_OP_SECCOMP:
      return set_filter (op, launch, error);
    case TC_OP_PARENT_DEATH_SIGNAL:
      return parent_death_signal (op, launch, error);
    case TC_OP_NEW_SESSION:
      return new_session (error);
    case TC_OP_OPEN_TERMINAL:
      return open_terminal (op, launch->report_fd, error);
    case TC_OP_MAKE_TERMINAL:
      return tc_make_terminal (op, launch->report_fd, error);
    case TC_OP_TAKE_TERMINAL:
      return tc_take_terminal (error);
    case TC_OP_RUN_INIT:
      return tc_run_init (&launch->init, error);
    case TC_OP_MAKE_NETWORK:
      return tc_make_network (launch, error);
    case TC_OP_NETLINK:
      return tc_send_netlink (op, launch, error);
    case TC_OP_WRITE_OUTSIDE:
      return tc_write_outside (op, launch, error);
    case TC_OP_HOLD_SOCKET:
      return tc_hold_socket (op, launch, error);
    case TC_OP_END:
      return 0;
    case TC_OP_EXEC:
      return execute (op, launch, error);
    default:
      return tc_fail (error, ENOSYS, "launch", NULL);
    }
}

static bool
is_absence (int err)
{
  return err == ENOENT || err == ENOTDIR || err == EACCES;
}

/* A candidate that may not be executed is reported rather than one that does not exist. */
static int
execute (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  char **candidates = op->list[0];
  const char *culprit = candidates[0];
  int err = ENOENT;

  (void) umask (launch->umask);
  if (close_range (3, ~0u, CLOSE_RANGE_CLOEXEC) < 0 && !launch->is_filtered)
    return tc_fail (error, errno, "close_range", NULL);
  for (; *candidates != NULL; candidates++)
    {
      (void) execve (*candidates, op->list[1], op->list[2]);
      if (!is_absence (errno))
        return tc_fail (error, errno, "execve", *candidates);
      if (errno == EACCES)
        {
          err = EACCES;
          culprit = *candidates;
        }
    }
  return tc_fail (error, err, "execve", culprit);
}

static int
join_target (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  if (launch->target_fd < 0)
    return tc_fail (error, EBADF, "setns", "no container to join");
  return checked (setns (launch->target_fd, (int) op->number[0]), error, "setns", "container");
}

static int
write_held (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  if (op->held >= launch->held_count)
    return tc_fail (error, EBADF, "copy held file", op->text[1]);
  return tc_memory_file_copy (launch->first_held + (int) op->held, op->text[0],
                              (mode_t) op->number[0], error);
}

/* The filter may be the user's, and know nothing of close_range(2). */
static int
set_filter (const tc_operation *op, tc_launch *launch, tc_error *error)
{
  if (close_range (3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
    return tc_fail (error, errno, "close_range", NULL);
  launch->is_filtered = true;
  return tc_set_seccomp_filter (op->bytes, error);
}

static int
open_terminal (const tc_operation *op, int report_fd, tc_error *error)
{
  int result = tc_make_terminal (op, report_fd, error);

  return result < 0 ? result : tc_take_terminal (error);
}

static int
set_rlimit (const tc_operation *op, tc_error *error)
{
  struct rlimit limit = { .rlim_cur = op->number[1], .rlim_max = op->number[2] };

  return checked (setrlimit ((__rlimit_resource_t) op->number[0], &limit), error, "setrlimit",
                  NULL);
}

/* The child starts as the leader of a session of its own, so that kill(0, ...) in a container cannot
   reach the keeper. Here only a joined or forked process still needs one. */
static int
new_session (tc_error *error)
{
  if (setsid () < 0 && getsid (0) != getpid ())
    return tc_fail (error, EPERM, "setsid", NULL);
  return 0;
}

/* A parent that died before the call sends no signal, but its end of the socket is closed. */
static int
parent_death_signal (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  struct pollfd report = { .fd = launch->report_fd, .events = 0, .revents = 0 };

  if (prctl (PR_SET_PDEATHSIG, (unsigned long) op->number[0], 0, 0, 0) < 0)
    return tc_fail (error, errno, "prctl", "PR_SET_PDEATHSIG");
  if (poll (&report, 1, 0) > 0 && (report.revents & (POLLHUP | POLLERR)) != 0)
    return tc_fail (error, ESRCH, "prctl", "the keeper has ended");
  return 0;
}

static int
checked (int result, tc_error *error, const char *what, const char *path)
{
  return result < 0 ? tc_fail (error, errno, what, path) : 0;
}
