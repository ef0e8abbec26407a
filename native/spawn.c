/* Runs as the keeper's user, and in the child up to the launch program with the same rights. */
#include "spawn.h"

#include "birth.h"
#include "cleanup.h"
#include "descriptors.h"
#include "launch_run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Where the child keeps its own descriptors: right behind the standard streams. */
#define REPORT_FD 3
#define TARGET_FD 4
#define HELD_FD 6

static int clone_child (const tc_birth *birth, int *pidfd, tc_error *error);
static int accept_reports (int keeper_end, tc_error *error);
static _Noreturn void be_child (const tc_birth *birth, int report_fd);
static void reset_process (const tc_birth *birth);
static int arrange_descriptors (const tc_birth *birth, int report_fd, tc_launch *launch,
                                tc_error *error);
static int place (int fd, int wanted, int *placed);
static _Noreturn void report_and_exit (int report_fd, const tc_error *error);
static void copy_text (char *to, size_t size, const char *from);

int
tc_spawn (const tc_birth *birth, tc_child *child, tc_error *error)
{
  tc_auto_fd keeper_end = -1;
  tc_auto_fd child_end = -1;
  int ends[2];
  int pid;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return tc_fail (error, errno, "socketpair", NULL);
  keeper_end = ends[0];
  child_end = ends[1];
  if (accept_reports (keeper_end, error) < 0)
    return -error->err;
  pid = clone_child (birth, &child->pidfd, error);
  if (pid == 0)
    be_child (birth, child_end);
  if (pid < 0)
    return pid;
  child->pid = pid;
  child->report_fd = tc_steal_fd (&keeper_end);
  return 0;
}

/* The kernel adds the sender's pid to every report, as seen from the keeper's PID namespace. */
static int
accept_reports (int keeper_end, tc_error *error)
{
  int on = 1;

  if (fcntl (keeper_end, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
    return tc_fail (error, errno, "fcntl", NULL);
  if (setsockopt (keeper_end, SOL_SOCKET, SO_PASSCRED, &on, sizeof (on)) < 0)
    return tc_fail (error, errno, "setsockopt", "SO_PASSCRED");
  return 0;
}

/* As fork: returns 0 in the child. The bare system call is enough, since the keeper has one thread and
   the child calls async-signal-safe functions only. */
static int
clone_child (const tc_birth *birth, int *pidfd, tc_error *error)
{
  tc_auto_fd cgroup = -1;
  struct clone_args args = {
    .flags = birth->clone_flags | CLONE_PIDFD,
    .pidfd = (uint64_t) (uintptr_t) pidfd,
    .exit_signal = SIGCHLD,
  };
  long pid;

  if (birth->cgroup != NULL)
    {
      cgroup = open (birth->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
      if (cgroup < 0)
        return tc_fail (error, errno, "open", birth->cgroup);
      args.flags |= CLONE_INTO_CGROUP;
      args.cgroup = (uint32_t) cgroup;
    }
  pid = syscall (SYS_clone3, &args, sizeof (args));
  return pid < 0 ? tc_fail (error, errno, "clone3", birth->cgroup) : (int) pid;
}

static _Noreturn void
be_child (const tc_birth *birth, int report_fd)
{
  tc_error error = TC_NO_ERROR;
  tc_launch launch = {
    .report_fd = report_fd,
    .target_fd = -1,
    .umask = 022,
    .init = TC_NO_INIT,
    .network_fd = -1,
    .outside_fd = -1,
    .settings_fd = -1,
  };

  for (size_t slot = 0; slot < TC_SLOTS; slot++)
    launch.slots[slot] = -1;
  reset_process (birth);
  launch.first_held = HELD_FD;
  launch.held_count = birth->held_count;
  launch.is_unborn = birth->target_fd >= 0 || tc_chooses_birthplace (birth->program);
  if (arrange_descriptors (birth, report_fd, &launch, &error) == 0
      && (birth->target_fd < 0 || tc_choose_birthplace (launch.target_fd, &error) == 0))
    if (tc_launch_run (birth->program, &launch, &error) == 0)
      _exit (0);
  report_and_exit (launch.report_fd, &error);
}

/* Not dumpable, as the keeper, so that until exec no process in a container can trace this one or reach
   the host through its /proc/<pid>/root and fd. A session of its own, so that kill(0, ...) in a
   container stays there. */
static void
reset_process (const tc_birth *birth)
{
  sigset_t none;

  if (birth->resets_oom_score)
    {
      int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

      if (fd >= 0)
        {
          (void) !write (fd, "0", 1);
          (void) close (fd);
        }
    }
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  (void) setsid ();
  (void) umask (0);
  (void) signal (SIGPIPE, SIG_DFL);
  (void) signal (SIGHUP, SIG_DFL);
  (void) signal (SIGINT, SIG_DFL);
  (void) sigemptyset (&none);
  (void) sigprocmask (SIG_SETMASK, &none, NULL);
}

/* Every descriptor of the keeper is 3 or above, so the standard streams can be put in place; the others are
   first moved out of each other's way. No other descriptor of the keeper survives. The limit comes last: the
   keeper may have more descriptors open than a child may. */
static int
arrange_descriptors (const tc_birth *birth, int report_fd, tc_launch *launch, tc_error *error)
{
  const int first_free = HELD_FD + (int) birth->held_count;
  int report = fcntl (report_fd, F_DUPFD_CLOEXEC, first_free);
  int target = birth->target_fd < 0 ? -1 : fcntl (birth->target_fd, F_DUPFD_CLOEXEC, first_free);
  int network = birth->network_fd < 0 ? -1 : fcntl (birth->network_fd, F_DUPFD_CLOEXEC, first_free);
  int held[TC_MAX_HELD_FILES];

  for (size_t index = 0; index < birth->held_count; index++)
    {
      held[index] = fcntl (birth->held[index], F_DUPFD_CLOEXEC, first_free);
      if (held[index] < 0)
        return tc_fail (error, errno, "fcntl", NULL);
    }
  if (report < 0 || (birth->target_fd >= 0 && target < 0)
      || (birth->network_fd >= 0 && network < 0))
    return tc_fail (error, errno, "fcntl", NULL);
  for (int stream = 0; stream < 3; stream++)
    if (dup2 (birth->stdio[stream], stream) < 0)
      return tc_fail (error, errno, "dup2", NULL);
  if (dup3 (report, REPORT_FD, O_CLOEXEC) < 0)
    return tc_fail (error, errno, "dup3", NULL);
  launch->report_fd = REPORT_FD;
  if (place (target, TARGET_FD, &launch->target_fd) < 0
      || place (network, TC_NETWORK_FD, &launch->network_fd) < 0)
    return tc_fail (error, errno, "dup3", NULL);
  for (size_t index = 0; index < birth->held_count; index++)
    if (dup3 (held[index], HELD_FD + (int) index, O_CLOEXEC) < 0)
      return tc_fail (error, errno, "dup3", NULL);
  if (close_range ((unsigned) first_free, ~0u, 0) < 0)
    return tc_fail (error, errno, "close_range", NULL);
  (void) setrlimit (RLIMIT_NOFILE, &birth->nofile);
  return 0;
}

/* Moves a descriptor to the one that the child has for it, which it stores; without one that is closed. */
static int
place (int fd, int wanted, int *placed)
{
  if (fd < 0)
    {
      (void) close (wanted);
      return 0;
    }
  *placed = dup3 (fd, wanted, O_CLOEXEC);
  return *placed;
}

/* If even this fails, the keeper still sees exit status 127. */
static _Noreturn void
report_and_exit (int report_fd, const tc_error *error)
{
  tc_report report = { .kind = TC_REPORT_FAILED, .err = error->err, .index = error->index };

  copy_text (report.what, sizeof (report.what), error->what);
  copy_text (report.path, sizeof (report.path), error->path);
  (void) tc_send_descriptors (report_fd, &report, sizeof (report), NULL, 0);
  _exit (127);
}

static void
copy_text (char *to, size_t size, const char *from)
{
  size_t length = strnlen (from, size - 1);

  memcpy (to, from, length);
  to[length] = '\0';
}
