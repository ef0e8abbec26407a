/* Tells what a container sees, as lines of a name, a tab and a value: capabilities, limits, environment, mounts, device
   nodes, parameters of the kernel, control groups, and what becomes of each system call. It is the only program of its
   image, so that nothing of the image shows. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST_CALL 475
#define CALL_MS 200
#define AF_VSOCK_NUMBER 40

extern char **environ;

/* Prints the lines of a file whose name, up to a colon or the end, is listed. */
static void
show_lines (const char *path, const char *prefix, const char *const names[])
{
  char line[4096];
  FILE *file = fopen (path, "re");

  if (file == NULL)
    return;
  while (fgets (line, sizeof line, file) != NULL)
    for (size_t i = 0; names[i] != NULL; i++)
      if (strncmp (line, names[i], strlen (names[i])) == 0 && line[strlen (names[i])] == ':')
        printf ("%s.%s\t%s", prefix, names[i], line + strlen (names[i]) + 2);
  fclose (file);
}

/* Prints each line of a file with its number or, for columns, under its own first column. */
static void
show_file (const char *path, const char *name)
{
  char line[4096];
  FILE *file = fopen (path, "re");

  if (file == NULL)
    {
      printf ("%s\t(%s)\n", name, strerrorname_np (errno));
      return;
    }
  while (fgets (line, sizeof line, file) != NULL)
    {
      line[strcspn (line, "\n")] = '\0';
      printf ("%s\t%s\n", name, line);
    }
  fclose (file);
}

static void
show_environment (void)
{
  for (char **entry = environ; *entry != NULL; entry++)
    {
      char *equals = strchr (*entry, '=');

      printf ("environment.%.*s\t%s\n", (int) (equals - *entry), *entry, equals + 1);
    }
}

static void
show_folder (const char *path, const char *section)
{
  DIR *folder = opendir (path);
  struct dirent *entry;
  struct stat st;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    {
      char target[512] = "";

      if (entry->d_name[0] == '.' || fstatat (dirfd (folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        continue;
      printf ("%s.%s/%s\t", section, path, entry->d_name);
      if (S_ISLNK (st.st_mode) && readlinkat (dirfd (folder), entry->d_name, target, sizeof target - 1) > 0)
        printf ("link %s\n", target);
      else
        printf ("mode %o owner %u:%u device %u:%u\n", st.st_mode, st.st_uid, st.st_gid, major (st.st_rdev),
                minor (st.st_rdev));
    }
  if (folder != NULL)
    closedir (folder);
}

static void
show_descriptors (void)
{
  for (int fd = 0; fd < 64; fd++)
    if (fcntl (fd, F_GETFD) >= 0)
      printf ("process.descriptors\t%d\n", fd);
}

/* Arguments that no call can do harm with; what blocks or ends the process has been let through. */
static void
try_call (long number, const char *name, const long arguments[6])
{
  int ends[2];
  int result = 0;
  pid_t child;

  if (pipe (ends) < 0 || (child = fork ()) < 0)
    exit (1);
  if (child == 0)
    {
      const struct itimerval limit = { .it_value = { .tv_usec = CALL_MS * 1000 } };
      long returned;

      setsid ();
      signal (SIGALRM, SIG_DFL);
      setitimer (ITIMER_REAL, &limit, NULL);
      returned = syscall (number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
      result = returned < 0 ? errno : 0;
      (void) !write (ends[1], &result, sizeof result);
      _exit (0);
    }
  close (ends[1]);
  if (read (ends[0], &result, sizeof result) != sizeof result)
    result = 0;
  close (ends[0]);
  waitpid (child, NULL, 0);
  if (name != NULL)
    printf ("call.%s\t", name);
  else
    printf ("call.%ld\t", number);
  printf ("%s\n", result == ENOSYS ? "ENOSYS" : result == EPERM ? "EPERM" : "let through");
}

static void
show_calls (void)
{
  const long none[6] = { -1, -1, -1, -1, -1, -1 };

  for (long number = 0; number <= LAST_CALL; number++)
    try_call (number, NULL, none);
  try_call (SYS_socket, "socket(AF_VSOCK)", (const long[6]){ AF_VSOCK_NUMBER, SOCK_STREAM });
  try_call (SYS_clone, "clone(CLONE_NEWUSER)", (const long[6]){ CLONE_NEWUSER | SIGCHLD });
  try_call (SYS_clone, "clone(SIGCHLD)", (const long[6]){ SIGCHLD });
  try_call (SYS_unshare, "unshare(CLONE_NEWUSER)", (const long[6]){ CLONE_NEWUSER });
  try_call (SYS_personality, "personality(ADDR_NO_RANDOMIZE)", (const long[6]){ 0x40000 });
  try_call (SYS_personality, "personality(PER_LINUX32)", (const long[6]){ 8 });
}

/* What of /proc and /sys may be read, and what written. */
static void
show_access (void)
{
  static const char *const paths[]
      = { "/proc/acpi", "/proc/asound", "/proc/bus", "/proc/fs", "/proc/interrupts", "/proc/irq", "/proc/kallsyms",
          "/proc/kcore", "/proc/keys", "/proc/kmsg", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/sys",
          "/proc/sys/kernel/core_pattern", "/proc/sys/net/ipv4/ip_forward", "/proc/sysrq-trigger", "/proc/timer_list",
          "/proc/timer_stats", "/sys", "/sys/firmware", "/sys/fs/cgroup", "/sys/kernel", "/sys/devices/virtual/powercap",
          "/dev", "/dev/shm", "/dev/mqueue", "/dev/pts", "/tmp", "/" };

  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
    {
      struct stat st;
      bool is_there = stat (paths[i], &st) == 0;
      int entries = 0;

      if (is_there && S_ISDIR (st.st_mode))
        {
          DIR *folder = opendir (paths[i]);

          while (folder != NULL && readdir (folder) != NULL)
            entries++;
          if (folder != NULL)
            closedir (folder);
        }
      printf ("access.%s\t%s%s%s\n", paths[i],
              !is_there                                ? "absent"
              : S_ISCHR (st.st_mode)                   ? "null device"
              : S_ISDIR (st.st_mode) && entries == 2 ? "empty folder"
              : S_ISDIR (st.st_mode)                   ? "folder"
                                                       : "file",
              !is_there || access (paths[i], R_OK) < 0 ? "" : ", readable",
              !is_there || access (paths[i], W_OK) < 0 ? "" : ", writable");
    }
}

static void
show_parameters (void)
{
  static const char *const names[]
      = { "kernel/domainname", "kernel/msgmax",  "kernel/msgmnb",  "kernel/msgmni", "kernel/sem", "kernel/shmall",
          "kernel/shmmax",  "kernel/shmmni",  "kernel/shm_rmid_forced", "fs/mqueue/msg_max", "fs/mqueue/queues_max",
          "net/core/somaxconn", "net/ipv4/ip_forward", "net/ipv4/ip_unprivileged_port_start",
          "net/ipv4/ping_group_range", "net/ipv4/ip_local_port_range", "net/ipv4/tcp_syncookies",
          "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/all/accept_redirects", "net/ipv4/conf/eth0/rp_filter",
          "net/ipv4/conf/eth0/route_localnet", "net/ipv4/conf/eth0/accept_redirects", "net/ipv6/conf/all/disable_ipv6",
          "net/ipv6/conf/default/disable_ipv6", "net/ipv6/conf/lo/disable_ipv6", "net/ipv6/conf/eth0/disable_ipv6",
          "net/ipv6/conf/eth0/accept_ra" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      char path[256];
      char name[256];

      snprintf (path, sizeof path, "/proc/sys/%s", names[i]);
      snprintf (name, sizeof name, "parameter.%s", names[i]);
      show_file (path, name);
    }
}

int
main (void)
{
  static const char *const status[]
      = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Uid", "Gid", "Groups", "Umask",
          "Pid", "PPid", "NSpid", "SigBlk", "SigIgn", NULL };
  static const char *const files[][2]
      = { { "/proc/self/mountinfo", "mount" }, { "/proc/self/limits", "limit" }, { "/proc/self/cgroup", "cgroup" },
          { "/proc/self/oom_score_adj", "process.oom_score_adj" }, { "/proc/self/uid_map", "process.uid_map" } };
  char folder[512];

  setvbuf (stdout, NULL, _IOFBF, 1 << 20);
  show_descriptors ();
  show_lines ("/proc/self/status", "process", status);
  printf ("process.cwd\t%s\n", getcwd (folder, sizeof folder));
  printf ("process.securebits\t%d\n", prctl (PR_GET_SECUREBITS));
  printf ("process.dumpable\t%d\n", prctl (PR_GET_DUMPABLE));
  printf ("process.session\t%d\n", getsid (0));
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    show_file (files[i][0], files[i][1]);
  show_environment ();
  show_folder ("/dev", "node");
  show_folder ("/dev/pts", "node");
  show_folder ("/", "node");
  show_access ();
  show_parameters ();
  fflush (stdout);
  show_calls ();
  return 0;
}
