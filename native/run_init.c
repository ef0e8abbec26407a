/* Runs inside the container, with the rights that the program has left when it reaches run-init. Its copy of
   the keeper's memory is dropped by the exec of the init, which has nothing but its standard streams, and which
   the container may inspect as any of its processes. */
#include "run_init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Missing from headers before Linux 6.3. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define DECIMAL_SIZE 12u

/* native/init_program.S */
extern const uint8_t tc_init_program[], tc_init_program_end[];

static int fill (int fd, tc_error *error);
static int become_init (const tc_init *init, pid_t child, tc_error *error);
static void become_child (const tc_init *init, int death_signal);
static char *decimal (char text[DECIMAL_SIZE], int number);

/* A memfd for each container: its root user may change the owner, mode and access list of the file behind
   /proc/1/exe. */
int
tc_prepare_init (tc_init *init, tc_error *error)
{
  init->program = memfd_create ("tc-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  /* Kernels before 6.3. */
  if (init->program < 0 && errno == EINVAL)
    init->program = memfd_create ("tc-init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (init->program < 0)
    return tc_fail (error, errno, "memfd_create", "tc-init");
  if (fill (init->program, error) < 0)
    return -error->err;
  if (fcntl (init->program, F_ADD_SEALS, SEALS) < 0)
    return tc_fail (error, errno, "fcntl", "F_ADD_SEALS");
  if (pipe2 (init->gate, O_CLOEXEC) < 0)
    return tc_fail (error, errno, "pipe2", NULL);
  return 0;
}

static int
fill (int fd, tc_error *error)
{
  const uint8_t *at = tc_init_program;

  while (at < tc_init_program_end)
    {
      ssize_t written = write (fd, at, (size_t) (tc_init_program_end - at));

      if (written <= 0)
        return tc_fail (error, written < 0 ? errno : EIO, "write", "tc-init");
      at += written;
    }
  return 0;
}

int
tc_run_init (const tc_init *init, tc_error *error)
{
  int death_signal = 0;
  sigset_t all;
  pid_t child;

  /* The mask survives the exec: the init waits for signals, and none may be delivered before it does. */
  (void) sigfillset (&all);
  (void) sigprocmask (SIG_SETMASK, &all, NULL);
  (void) prctl (PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
  child = fork ();
  if (child < 0)
    return tc_fail (error, errno, "fork", NULL);
  if (child > 0)
    return become_init (init, child, error);
  become_child (init, death_signal);
  return 0;
}

/* By path first, since a seccomp filter has to allow execve(2) for the program to start; by descriptor if
   /proc is not as expected. */
static int
become_init (const tc_init *init, pid_t child, tc_error *error)
{
  char program[DECIMAL_SIZE], number[DECIMAL_SIZE];
  char path[sizeof ("/proc/self/fd/") + DECIMAL_SIZE] = "/proc/self/fd/";
  char *const argv[] = { "tc-init", decimal (number, child), NULL };
  char *const envp[] = { NULL };
  char *at = path + sizeof ("/proc/self/fd/") - 1;

  for (const char *digit = decimal (program, init->program); *digit != '\0'; digit++)
    *at++ = *digit;
  *at = '\0';
  (void) setpgid (child, child);
  (void) execve (path, argv, envp);
  (void) execveat (init->program, "", argv, envp, AT_EMPTY_PATH);
  (void) tc_fail (error, errno, "execve", "tc-init");
  (void) !write (init->gate[1], "", 1);
  return -error->err;
}

/* fork(2) clears the parent-death signal. A background group that takes the terminal gets SIGTTOU unless it
   is blocked. */
static void
become_child (const tc_init *init, int death_signal)
{
  char failed;
  sigset_t none;

  (void) setpgid (0, 0);
  (void) tcsetpgrp (STDIN_FILENO, getpgrp ());
  if (death_signal != 0)
    (void) prctl (PR_SET_PDEATHSIG, death_signal, 0, 0, 0);
  (void) close (init->gate[1]);
  if (read (init->gate[0], &failed, 1) > 0)
    _exit (127);
  (void) sigemptyset (&none);
  (void) sigprocmask (SIG_SETMASK, &none, NULL);
}

/* `number` is not negative. */
static char *
decimal (char text[DECIMAL_SIZE], int number)
{
  char *at = text + DECIMAL_SIZE - 1;

  *at = '\0';
  do
    *--at = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  return at;
}
