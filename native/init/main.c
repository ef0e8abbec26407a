/* tc-init CHILD: PID 1 of a container with `init: true`.

   Forwards every signal to its child, reaps orphans, and ends with the child's exit code. Runs with the
   rights, and under the seccomp filter, of the container's program. The container may trace it and read all
   of it: its memory, descriptors and command line hold nothing of the keeper or the host. Its caller
   blocked all signals before the child was made, so that none is lost. */
#include "../exit_code.h"
#include "system_call.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>

_Noreturn void tc_init_main (char *argv[]);
static int take_number (char *text);
static bool reap (int child, int *wait_status);
static _Noreturn void end (int code);

TC_ENTRY (tc_init_main);

void
tc_init_main (char *argv[])
{
  const uint64_t all = ~(uint64_t) 0;
  int child = argv[0] == NULL || argv[1] == NULL ? 0 : take_number (argv[1]);
  int wait_status = 0;

  if (child <= 0)
    end (2);
  (void) tc_system_call (SYS_prctl, PR_SET_NAME, (long) "tc-init", 0, 0);
  (void) tc_system_call (SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0);
  while (!reap (child, &wait_status))
    {
      long number = tc_system_call (SYS_rt_sigtimedwait, (long) &all, 0, 0, sizeof (all));

      if (number > 0 && number != SIGCHLD)
        (void) tc_system_call (SYS_kill, child, number, 0, 0);
    }
  end (tc_exit_code (wait_status));
}

/* Returns the number, and erases it from the command line. */
static int
take_number (char *text)
{
  int number = 0;

  for (; *text >= '0' && *text <= '9'; *text++ = '\0')
    number = number * 10 + (*text - '0');
  return number;
}

/* Reaps all that have ended. Returns whether `child` was among them. */
static bool
reap (int child, int *wait_status)
{
  bool found = false;
  int status;
  long pid;

  while ((pid = tc_system_call (SYS_wait4, -1, (long) &status, WNOHANG, 0)) > 0)
    if (pid == child)
      {
        *wait_status = status;
        found = true;
      }
  return found;
}

static _Noreturn void
end (int code)
{
  for (;;)
    (void) tc_system_call (SYS_exit_group, code, 0, 0, 0);
}
