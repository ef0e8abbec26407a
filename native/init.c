/* Runs inside the container, with the rights that the program had left when it reached run-init. Its
   memory is a copy of the keeper's, so it stays non-dumpable: no process of the container may read or
   trace it without CAP_SYS_PTRACE over the whole machine. */
#include "init.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_child (int death_signal);
static _Noreturn void serve (pid_t child, tc_title title);
static void set_title (tc_title title);
static bool reap (pid_t child, int *wait_status);

int
tc_run_init (tc_title title, tc_error *error)
{
  int death_signal = 0;
  sigset_t all;
  pid_t child;

  (void) sigfillset (&all);
  (void) sigprocmask (SIG_SETMASK, &all, NULL);
  (void) prctl (PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
  child = fork ();
  if (child < 0)
    return tc_fail (error, errno, "fork", NULL);
  if (child > 0)
    serve (child, title);
  become_child (death_signal);
  return 0;
}

/* fork(2) clears the parent-death signal. A background group that takes the terminal gets SIGTTOU
   unless it is blocked. */
static void
become_child (int death_signal)
{
  sigset_t none;

  (void) setpgid (0, 0);
  (void) tcsetpgrp (STDIN_FILENO, getpgrp ());
  if (death_signal != 0)
    (void) prctl (PR_SET_PDEATHSIG, death_signal, 0, 0, 0);
  (void) sigemptyset (&none);
  (void) sigprocmask (SIG_SETMASK, &none, NULL);
}

static _Noreturn void
serve (pid_t child, tc_title title)
{
  sigset_t all;
  int wait_status = 0;

  (void) sigfillset (&all);
  (void) setpgid (child, child);
  set_title (title);
  (void) prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  /* The report socket too: its end-of-file must tell of the child's exec. */
  (void) close_range (3, ~0u, 0);
  for (;;)
    {
      int number = sigwaitinfo (&all, NULL);

      if (number < 0)
        continue;
      if (number != SIGCHLD)
        (void) kill (-child, number);
      else if (reap (child, &wait_status))
        _exit (tc_exit_code (wait_status));
    }
}

/* The keeper's command line names paths of the host, and every process of the container can read it. */
static void
set_title (tc_title title)
{
  (void) prctl (PR_SET_NAME, "tc-init", 0, 0, 0);
  if (title.size < sizeof ("tc-init"))
    return;
  memset (title.start, 0, title.size);
  memcpy (title.start, "tc-init", sizeof ("tc-init"));
}

/* Tells whether `child` was among the dead. */
static bool
reap (pid_t child, int *wait_status)
{
  bool found = false;
  int status;
  pid_t pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    if (pid == child)
      {
        *wait_status = status;
        found = true;
      }
  return found;
}

int
tc_exit_code (int wait_status)
{
  if (WIFEXITED (wait_status))
    return WEXITSTATUS (wait_status);
  if (WIFSIGNALED (wait_status))
    return 128 + WTERMSIG (wait_status);
  return 255;
}
