#include "confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534u
/* Of names, queries and what clients do not read. */
#define MOST_MEMORY ((rlim_t) 256 << 20)

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "The filter of system calls is not written for this machine"
#endif

static int give_up_rights (void);
static int set_limits (void);
static int limit_memory (void);
static int filter_calls (void);

int
tc_confine (void)
{
  int result = set_limits ();

  if (result == 0)
    result = limit_memory ();
  if (result == 0)
    result = give_up_rights ();
  return result == 0 ? filter_calls () : result;
}

static int
set_limits (void)
{
  const struct rlimit none = { 0, 0 };
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) < 0)
    return -errno;
  files.rlim_cur = files.rlim_max;
  return setrlimit (RLIMIT_NOFILE, &files) < 0 || setrlimit (RLIMIT_CORE, &none) < 0 ? -errno : 0;
}

static int
give_up_rights (void)
{
  if (geteuid () == 0
      && (setgroups (0, NULL) < 0 || setresgid (NOBODY, NOBODY, NOBODY) < 0 || setresuid (NOBODY, NOBODY, NOBODY) < 0))
    return -errno;
  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

#if defined(__SANITIZE_ADDRESS__)

/* The sanitizers need more of both. */
static int
limit_memory (void)
{
  return 0;
}

static int
filter_calls (void)
{
  return 0;
}

#else

#define LOAD(field)                                                                                                    \
  BPF_STMT (BPF_LD | BPF_W | BPF_ABS, (uint32_t) offsetof (struct seccomp_data, field))
/* Half of an argument that fits into it. */
#define LOAD_ARGUMENT(index) LOAD (args[index])
#define RETURN(value) BPF_STMT (BPF_RET | BPF_K, (value))
#define ALLOW(name)                                                                                                    \
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), RETURN (SECCOMP_RET_ALLOW)

/* Calls of another architecture have other numbers, and so do those of x32, which none of these is. */
static const struct sock_filter filter[] = {
  LOAD (arch),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
  RETURN (SECCOMP_RET_KILL_PROCESS),
  LOAD (nr),
#ifdef __NR_epoll_wait
  ALLOW (epoll_wait),
#endif
  ALLOW (epoll_pwait),
  ALLOW (recvmmsg),
  ALLOW (sendmmsg),
  ALLOW (recvfrom),
  ALLOW (sendto),
  ALLOW (recvmsg),
  ALLOW (sendmsg),
  ALLOW (connect),
  ALLOW (close),
  ALLOW (epoll_ctl),
  ALLOW (accept4),
  ALLOW (shutdown),
  ALLOW (getsockopt),
  ALLOW (fcntl),
  ALLOW (getrandom),
  ALLOW (clock_gettime),
  ALLOW (brk),
  ALLOW (munmap),
  ALLOW (mremap),
  ALLOW (madvise),
  ALLOW (restart_syscall),
  ALLOW (rt_sigreturn),
  ALLOW (exit_group),
  /* socket(2): of the internet. */
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 4),
  LOAD_ARGUMENT (0),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 5),
  RETURN (SECCOMP_RET_ALLOW),
  /* mmap(2): memory that is not run. */
  BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 0, 3),
  LOAD_ARGUMENT (2),
  BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
  RETURN (SECCOMP_RET_ALLOW),
  RETURN (SECCOMP_RET_KILL_PROCESS),
};

static int
limit_memory (void)
{
  const struct rlimit memory = { MOST_MEMORY, MOST_MEMORY };

  return setrlimit (RLIMIT_DATA, &memory) < 0 ? -errno : 0;
}

static int
filter_calls (void)
{
  const struct sock_fprog program
      = { .len = sizeof (filter) / sizeof (filter[0]), .filter = (struct sock_filter *) (uintptr_t) filter };

  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 ? -errno : 0;
}

#endif
