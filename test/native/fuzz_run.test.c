/* Fuzz target: the interpreter of launch programs. No system call is made: each is replaced by one that
   succeeds or fails by chance. Calls replaced, for scripts/build-native.ts:
   wrap: mount umount2 setns unshare mount_setattr move_mount syscall mkdir
   wrap: mkdirat mknod symlink chown fchown chdir sethostname setdomainname
   wrap: setgroups setresgid setresuid setrlimit setsid dup2 setpgid tcsetpgrp
   wrap: sigprocmask close_range ioctl prctl poll sendmsg open openat
   wrap: open_tree fork execve close write stat fstat fstatat
   wrap: readlinkat umask
*/
#include "fuzz_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAKE_FD 1000

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
  tc_launch launch = { .report_fd = FAKE_FD, .target_fd = FAKE_FD, .umask = 022 };
  tc_error error = TC_NO_ERROR;
  uint8_t *copy = malloc (size + (size == 0));

  memcpy (copy, data, size);
  for (size_t slot = 0; slot < TC_SLOTS; slot++)
    launch.slots[slot] = -1;
  if (tc_program_decode ((tc_span){ copy, (uint32_t) size }, &program, &error) == 0
      && (tc_launch_run (&program, &launch, &error) >= 0 || error.err <= 0
          || error.index < 0 || (size_t) error.index >= program.count))
    abort ();
  tc_program_free (&program);
  free (copy);
  return 0;
}

int __wrap_mount (const char *a, const char *b, const char *c, unsigned long d, const void *e);
int __wrap_umount2 (const char *a, int b);
int __wrap_setns (int a, int b);
int __wrap_unshare (int a);
int __wrap_mount_setattr (int a, const char *b, unsigned c, void *d, size_t e);
int __wrap_move_mount (int a, const char *b, int c, const char *d, unsigned e);
long __wrap_syscall (long a, ...);
int __wrap_mkdir (const char *a, mode_t b);
int __wrap_mkdirat (int a, const char *b, mode_t c);
int __wrap_mknod (const char *a, mode_t b, dev_t c);
int __wrap_symlink (const char *a, const char *b);
int __wrap_chown (const char *a, uid_t b, gid_t c);
int __wrap_fchown (int a, uid_t b, gid_t c);
int __wrap_chdir (const char *a);
int __wrap_sethostname (const char *a, size_t b);
int __wrap_setdomainname (const char *a, size_t b);
int __wrap_setgroups (size_t a, const gid_t *b);
int __wrap_setresgid (gid_t a, gid_t b, gid_t c);
int __wrap_setresuid (uid_t a, uid_t b, uid_t c);
int __wrap_setrlimit (int a, const void *b);
int __wrap_setsid (void);
int __wrap_dup2 (int a, int b);
int __wrap_setpgid (pid_t a, pid_t b);
int __wrap_tcsetpgrp (int a, pid_t b);
int __wrap_sigprocmask (int a, const void *b, void *c);
int __wrap_close_range (unsigned a, unsigned b, int c);
int __wrap_ioctl (int a, unsigned long b, ...);
int __wrap_prctl (int a, ...);
int __wrap_poll (void *a, unsigned long b, int c);
ssize_t __wrap_sendmsg (int a, const void *b, int c);
int __wrap_open (const char *a, int b, ...);
int __wrap_openat (int a, const char *b, int c, ...);
int __wrap_open_tree (int a, const char *b, unsigned c);
int __wrap_fork (void);
int __wrap_execve (const char *path, char *const argv[], char *const envp[]);
int __wrap_close (int fd);
ssize_t __wrap_write (int fd, const void *data, size_t size);
int __wrap_stat (const char *path, struct stat *status);
int __wrap_fstat (int fd, struct stat *status);
int __wrap_fstatat (int fd, const char *path, struct stat *status, int flags);
ssize_t __wrap_readlinkat (int fd, const char *path, char *link, size_t size);
mode_t __wrap_umask (mode_t mask);

int
__wrap_mount (const char *a, const char *b, const char *c, unsigned long d, const void *e)
{
  (void) a;
  (void) b;
  (void) c;
  (void) d;
  (void) e;
  return chance ();
}

int
__wrap_umount2 (const char *a, int b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setns (int a, int b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_unshare (int a)
{
  (void) a;
  return chance ();
}

int
__wrap_mount_setattr (int a, const char *b, unsigned c, void *d, size_t e)
{
  (void) a;
  (void) b;
  (void) c;
  (void) d;
  (void) e;
  return chance ();
}

int
__wrap_move_mount (int a, const char *b, int c, const char *d, unsigned e)
{
  (void) a;
  (void) b;
  (void) c;
  (void) d;
  (void) e;
  return chance ();
}

long
__wrap_syscall (long a, ...)
{
  (void) a;
  return chance ();
}

int
__wrap_mkdir (const char *a, mode_t b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_mkdirat (int a, const char *b, mode_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_mknod (const char *a, mode_t b, dev_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_symlink (const char *a, const char *b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_chown (const char *a, uid_t b, gid_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_fchown (int a, uid_t b, gid_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_chdir (const char *a)
{
  (void) a;
  return chance ();
}

int
__wrap_sethostname (const char *a, size_t b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setdomainname (const char *a, size_t b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setgroups (size_t a, const gid_t *b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setresgid (gid_t a, gid_t b, gid_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_setresuid (uid_t a, uid_t b, uid_t c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_setrlimit (int a, const void *b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setsid (void)
{
  return chance ();
}

int
__wrap_dup2 (int a, int b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_setpgid (pid_t a, pid_t b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_tcsetpgrp (int a, pid_t b)
{
  (void) a;
  (void) b;
  return chance ();
}

int
__wrap_sigprocmask (int a, const void *b, void *c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_close_range (unsigned a, unsigned b, int c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_ioctl (int a, unsigned long b, ...)
{
  (void) a;
  (void) b;
  /* TIOCGPTPEER gives a descriptor. */
  return chance_of_descriptor ();
}

int
__wrap_prctl (int a, ...)
{
  (void) a;
  return chance ();
}

int
__wrap_poll (void *a, unsigned long b, int c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

ssize_t
__wrap_sendmsg (int a, const void *b, int c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance ();
}

int
__wrap_open (const char *a, int b, ...)
{
  (void) a;
  (void) b;
  return chance_of_descriptor ();
}

int
__wrap_openat (int a, const char *b, int c, ...)
{
  (void) a;
  (void) b;
  (void) c;
  return chance_of_descriptor ();
}

int
__wrap_open_tree (int a, const char *b, unsigned c)
{
  (void) a;
  (void) b;
  (void) c;
  return chance_of_descriptor ();
}

/* Never the parent, which would wait for ever. */
int
__wrap_fork (void)
{
  return chance ();
}

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
