/* Runs in a child of the keeper that serves one launch: outside of the container's PID namespace, where no
   process of the container can see it, it takes on all of the container's confinement; the process that
   is born from it has nothing of the host but its memory. */
#include "birth.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static bool can_follow_birth (tc_op code);
static bool must_follow_birth (tc_op code);

/* The longest tail of the program that needs nothing of the host follows the birth. A terminal, an init and
   a parent-death signal belong to the process itself, so the tail starts at the first of them at the latest. */
size_t
tc_birth_index (const tc_program *program)
{
  size_t last = program->count;

  while (last > 0 && can_follow_birth (program->operations[last - 1].code))
    last--;
  for (size_t index = 0; index < last; index++)
    if (must_follow_birth (program->operations[index].code))
      return index;
  return last;
}

static bool
can_follow_birth (tc_op code)
{
  return must_follow_birth (code) || code == TC_OP_NEW_SESSION || code == TC_OP_UMASK
         || code == TC_OP_NO_NEW_PRIVILEGES || code == TC_OP_SECCOMP || code == TC_OP_EXEC;
}

static bool
must_follow_birth (tc_op code)
{
  return code == TC_OP_OPEN_TERMINAL || code == TC_OP_TAKE_TERMINAL || code == TC_OP_RUN_INIT
         || code == TC_OP_PARENT_DEATH_SIGNAL;
}

bool
tc_chooses_birthplace (const tc_program *program)
{
  for (size_t index = 0; index < program->count; index++)
    if (program->operations[index].code == TC_OP_JOIN_PROCESS
        && (program->operations[index].number[0] & CLONE_NEWPID) != 0)
      return true;
  return false;
}

int
tc_choose_birthplace (int target_fd, tc_error *error)
{
  return setns (target_fd, CLONE_NEWPID) < 0 ? tc_fail (error, errno, "setns", "pid namespace") : 0;
}

/* clone(2), since seccomp filters tend to refuse clone3(2). A change of user can have made the caller
   dumpable; see fs.suid_dumpable in proc(5). */
int
tc_be_born (tc_launch *launch, tc_error *error)
{
  tc_report report = { .kind = TC_REPORT_BORN };
  long pid;

  launch->is_unborn = false;
  tc_close_fd (&launch->target_fd);
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  pid = syscall (SYS_clone, (unsigned long) (CLONE_PARENT | SIGCHLD), NULL, NULL, NULL, NULL);
  if (pid < 0)
    return tc_fail (error, errno, "clone", NULL);
  if (pid > 0)
    {
      /* Closed first: the keeper waits for the end of the reports, and exit(2) frees memory before descriptors. */
      (void) close (launch->report_fd);
      _exit (0);
    }
  (void) setsid ();
  if (tc_send_descriptors (launch->report_fd, &report, sizeof (report), NULL, 0) < 0)
    return tc_fail (error, errno, "sendmsg", "birth");
  return 0;
}
