/* Fuzz target: the interpreter of launch programs. It makes no system call: each is replaced by a function
   __wrap_NAME, which succeeds or fails by chance. scripts/native/fuzz-target.ts refuses to link what
   reaches any other. */
#include "fuzz_driver.h"
#include "launch_decode.h"
#include "launch_run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FAKE_FD 1000
/* No process has it. */
#define REPLACED_GROUP (-1)

static int
chance (void)
{
  static const int errors[] = { ENOENT, EACCES, ENOTDIR, EPERM, EINVAL, ENOMEM };

  if (fuzz_random (8) > 0)
    return 0;
  errno = errors[fuzz_random (6)];
  return -1;
}

static int
chance_of_descriptor (void)
{
  return chance () < 0 ? -1 : FAKE_FD;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  tc_auto_program program = { 0 };
  tc_launch launch = { .report_fd = FAKE_FD,
                       .target_fd = FAKE_FD,
                       .umask = 022,
                       .init = TC_NO_INIT,
                       .network_fd = fuzz_random (2) == 0 ? FAKE_FD : -1,
                       .outside_fd = -1,
                       .settings_fd = -1,
                       .is_unborn = fuzz_random (2) == 0,
                       .first_held = FAKE_FD,
                       .held_count = fuzz_random (2) };
  tc_error error = TC_NO_ERROR;
  int result;
  uint8_t *copy = malloc (size + (size == 0));

  /* Linked by hand, without --wrap, it would run programs for real. */
  if (getpgrp () != REPLACED_GROUP)
    abort ();
  memcpy (copy, data, size);
  for (size_t slot = 0; slot < TC_SLOTS; slot++)
    launch.slots[slot] = -1;
  if (tc_program_decode ((tc_span){ copy, (uint32_t) size }, &program, &error) == 0
      && ((result = tc_launch_run (&program, &launch, &error)) > 0
          || (result < 0
              && (error.err <= 0 || error.index < 0 || (size_t) error.index >= program.count))))
    abort ();
  tc_program_free (&program);
  free (copy);
  return 0;
}

/* The caller's arguments are not looked at; a long fills the register of every type of result. */
#define REPLACED(name, result)                                                                     \
  long __wrap_##name (void);                                                                       \
  long __wrap_##name (void) { return result; }

REPLACED (mount, chance ())
REPLACED (umount2, chance ())
REPLACED (setns, chance ())
REPLACED (unshare, chance ())
REPLACED (mount_setattr, chance ())
REPLACED (move_mount, chance ())
REPLACED (mkdir, chance ())
REPLACED (mkdirat, chance ())
REPLACED (mknod, chance ())
REPLACED (symlink, chance ())
REPLACED (unlink, chance ())
REPLACED (chown, chance ())
REPLACED (fchown, chance ())
REPLACED (chdir, chance ())
REPLACED (fchdir, chance ())
REPLACED (chroot, chance ())
REPLACED (sethostname, chance ())
REPLACED (setdomainname, chance ())
REPLACED (setgroups, chance ())
REPLACED (setfsgid, chance ())
REPLACED (setfsuid, chance ())
REPLACED (setresgid, chance ())
REPLACED (setresuid, chance ())
REPLACED (setrlimit, chance ())
REPLACED (setsid, chance ())
REPLACED (dup2, chance ())
REPLACED (dup3, chance_of_descriptor ())
REPLACED (socket, chance_of_descriptor ())
REPLACED (setsockopt, chance ())
REPLACED (bind, chance ())
REPLACED (listen, chance ())
REPLACED (send, chance ())
REPLACED (setpgid, chance ())
REPLACED (tcsetpgrp, chance ())
REPLACED (sigprocmask, chance ())
REPLACED (close_range, chance ())
REPLACED (prctl, chance ())
REPLACED (poll, chance ())
REPLACED (kill, chance ())
REPLACED (sendmsg, chance ())
REPLACED (getpid, 1)
REPLACED (getpgrp, REPLACED_GROUP)
REPLACED (getsid, 1)
REPLACED (open, chance_of_descriptor ())
REPLACED (openat, chance_of_descriptor ())
REPLACED (open_tree, chance_of_descriptor ())
REPLACED (fsopen, chance_of_descriptor ())
REPLACED (fsconfig, chance ())
REPLACED (fsmount, chance_of_descriptor ())
REPLACED (memfd_create, chance_of_descriptor ())
REPLACED (fcntl, chance ())
REPLACED (read, chance ())
REPLACED (sendfile, chance ())
/* TIOCGPTPEER gives a descriptor. */
REPLACED (ioctl, chance_of_descriptor ())
/* Never the parent, which would wait for ever. */
REPLACED (fork, chance ())

/* Calls of the parent, and of the keeper. */
#define UNREACHED(name)                                                                            \
  void __wrap_##name (void);                                                                       \
  void __wrap_##name (void) { abort (); }

UNREACHED (_exit)
UNREACHED (epoll_ctl)
UNREACHED (execveat)
UNREACHED (ftruncate)
UNREACHED (getsockname)
UNREACHED (lseek)
UNREACHED (pwrite)

ssize_t __wrap_recv (int fd, void *data, size_t size, int flags);
int __wrap_execve (const char *path, char *const argv[], char *const envp[]);
int __wrap_close (int fd);
int __wrap_pipe2 (int fds[2], int flags);
ssize_t __wrap_recvmsg (int fd, struct msghdr *message, int flags);
int __wrap_socketpair (int domain, int type, int protocol, int ends[2]);
pid_t __wrap_waitpid (pid_t pid, int *status, int options);
ssize_t __wrap_write (int fd, const void *data, size_t size);
int __wrap_stat (const char *path, struct stat *status);
int __wrap_fstat (int fd, struct stat *status);
int __wrap_fstatat (int fd, const char *path, struct stat *status, int flags);
ssize_t __wrap_readlinkat (int fd, const char *path, char *link, size_t size);
mode_t __wrap_umask (mode_t mask);
long __wrap_syscall (long number, ...);
int __wrap_fstatfs (int fd, struct statfs *system);

int
__wrap_execve (const char *path, char *const argv[], char *const envp[])
{
  for (; *argv != NULL; argv++)
    fuzz_state += strlen (*argv);
  for (; *envp != NULL; envp++)
    fuzz_state += strlen (*envp);
  fuzz_state += strlen (path);
  errno = chance () < 0 ? errno : EACCES;
  return -1;
}

int
__wrap_close (int fd)
{
  if (fd != FAKE_FD)
    abort ();
  return 0;
}

int
__wrap_socketpair (int domain, int type, int protocol, int ends[2])
{
  (void) domain;
  (void) type;
  (void) protocol;
  return __wrap_pipe2 (ends, 0);
}

ssize_t
__wrap_recvmsg (int fd, struct msghdr *message, int flags)
{
  (void) fd;
  (void) flags;
  message->msg_controllen = 0;
  return chance ();
}

/* Answers of netlink: errors, with words and without, and bytes that are none. */
ssize_t
__wrap_recv (int fd, void *data, size_t size, int flags)
{
  uint8_t *bytes = data;
  const size_t length = 16 * (1 + fuzz_random (8));
  struct nlmsghdr *message = data;

  (void) fd;
  (void) flags;
  if (fuzz_random (2) == 0)
    {
      errno = EAGAIN;
      return -1;
    }
  if (length > size)
    abort ();
  for (size_t at = 0; at < length; at++)
    bytes[at] = fuzz_random (4) == 0 ? (uint8_t) fuzz_random (256) : 0;
  if (fuzz_random (4) > 0)
    *message = (struct nlmsghdr){ .nlmsg_len = (uint32_t) length,
                                  .nlmsg_type = NLMSG_ERROR,
                                  .nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS };
  return (ssize_t) length;
}

pid_t
__wrap_waitpid (pid_t pid, int *status, int options)
{
  (void) status;
  (void) options;
  return pid;
}

int
__wrap_pipe2 (int fds[2], int flags)
{
  (void) flags;
  if (chance () < 0)
    return -1;
  fds[0] = fds[1] = FAKE_FD;
  return 0;
}

ssize_t
__wrap_write (int fd, const void *data, size_t size)
{
  (void) fd;
  (void) data;
  return chance () < 0 ? -1 : (ssize_t) size;
}

static int
fill_status (struct stat *status)
{
  static const mode_t types[] = { S_IFDIR, S_IFREG, S_IFLNK, S_IFCHR };

  *status = (struct stat){ .st_mode = types[fuzz_random (4)], .st_rdev = fuzz_random (2) * 0x103 };
  return chance ();
}

int
__wrap_stat (const char *path, struct stat *status)
{
  (void) path;
  return fill_status (status);
}

int
__wrap_fstat (int fd, struct stat *status)
{
  (void) fd;
  return fill_status (status);
}

int
__wrap_fstatat (int fd, const char *path, struct stat *status, int flags)
{
  (void) fd;
  (void) path;
  (void) flags;
  return fill_status (status);
}

/* Long links too, and ones that lead on to more. */
ssize_t
__wrap_readlinkat (int fd, const char *path, char *link, size_t size)
{
  size_t length = fuzz_random (8) == 0 ? size : fuzz_random (64);

  (void) fd;
  (void) path;
  for (size_t at = 0; at < length; at++)
    link[at] = "/a.."[fuzz_random (4)];
  return chance () < 0 ? -1 : (ssize_t) length;
}

mode_t
__wrap_umask (mode_t mask)
{
  return mask;
}

long
__wrap_syscall (long number, ...)
{
  if (number == SYS_clone3)
    /* Never the child, which would wait for its parent. */
    return chance () < 0 ? -1 : 1;
  return number == SYS_openat2 ? chance_of_descriptor () : chance ();
}

int
__wrap_fstatfs (int fd, struct statfs *system)
{
  (void) fd;
  *system = (struct statfs){ .f_type = fuzz_random (4) == 0 ? PROC_SUPER_MAGIC : OVERLAYFS_SUPER_MAGIC };
  return chance ();
}
