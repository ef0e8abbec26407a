#include "credentials.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAPABILITY_BITS 64u

int
tc_set_groups (const gid_t *groups, size_t count, tc_error *error)
{
  return setgroups (count, groups) < 0 ? tc_fail (error, errno, "setgroups", NULL) : 0;
}

int
tc_set_gid (gid_t gid, tc_error *error)
{
  return setresgid (gid, gid, gid) < 0 ? tc_fail (error, errno, "setgid", NULL) : 0;
}

int
tc_set_uid (uid_t uid, tc_error *error)
{
  return setresuid (uid, uid, uid) < 0 ? tc_fail (error, errno, "setuid", NULL) : 0;
}

/* The kernel takes the capabilities over files out of the effective set when this user becomes another than root, but leaves
   them permitted; setfsuid(2). It reports nothing: a second call returns what is set. */
int
tc_set_file_owner (uid_t uid, gid_t gid, tc_error *error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
  struct __user_cap_data_struct data[2] = { 0 };

  (void) setfsgid (gid);
  (void) setfsuid (uid);
  if (setfsgid (gid) != (int) gid || setfsuid (uid) != (int) uid)
    return tc_fail (error, EPERM, "setfsuid", NULL);
  if (syscall (SYS_capget, &header, data) < 0)
    return tc_fail (error, errno, "capget", NULL);
  for (unsigned half = 0; half < 2; half++)
    data[half].effective = data[half].permitted;
  if (syscall (SYS_capset, &header, data) < 0)
    return tc_fail (error, errno, "capset", NULL);
  return 0;
}

/* The kernel answers EINVAL for the first number that is no capability. */
int
tc_limit_bounding_set (uint64_t keep, tc_error *error)
{
  for (unsigned bit = 0; bit < CAPABILITY_BITS; bit++)
    {
      int present = prctl (PR_CAPBSET_READ, bit, 0, 0, 0);

      if (present < 0)
        return 0;
      if (present == 1 && (keep >> bit & 1) == 0 && prctl (PR_CAPBSET_DROP, bit, 0, 0, 0) < 0)
        return tc_fail (error, errno, "prctl", "PR_CAPBSET_DROP");
    }
  return 0;
}

int
tc_set_capabilities (const uint64_t sets[4], tc_error *error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
  struct __user_cap_data_struct data[2];

  for (unsigned half = 0; half < 2; half++)
    {
      data[half].effective = (uint32_t) (sets[0] >> (32 * half));
      data[half].permitted = (uint32_t) (sets[1] >> (32 * half));
      data[half].inheritable = (uint32_t) (sets[2] >> (32 * half));
    }
  if (syscall (SYS_capset, &header, data) < 0)
    return tc_fail (error, errno, "capset", NULL);
  if (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
    return tc_fail (error, errno, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
  for (unsigned bit = 0; bit < CAPABILITY_BITS; bit++)
    if ((sets[3] >> bit & 1) != 0 && prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) < 0)
      return tc_fail (error, errno, "prctl", "PR_CAP_AMBIENT_RAISE");
  return 0;
}

int
tc_set_seccomp_filter (tc_span filter, tc_error *error)
{
  struct sock_fprog program = {
    .len = (unsigned short) (filter.size / sizeof (struct sock_filter)),
    /* Only the kernel reads through it, by copy, so it needs no alignment. */
    .filter = (struct sock_filter *) (uintptr_t) filter.data,
  };

  if (syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
    return tc_fail (error, errno, "seccomp", NULL);
  return 0;
}
