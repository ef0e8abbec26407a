#include "seal.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

/* Missing from headers before Linux 6.3. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int open_memory_file (void);
static int copy_all (int from, int to);

int
tc_seal (char *const argv[], char *const envp[], tc_error *error)
{
  tc_auto_fd self = open ("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  tc_auto_fd copy = -1;
  int result;

  if (self < 0)
    return tc_fail (error, errno, "open", "/proc/self/exe");
  if (fcntl (self, F_GET_SEALS) == SEALS)
    return 0;
  copy = open_memory_file ();
  if (copy < 0)
    return tc_fail (error, errno, "memfd_create", NULL);
  result = copy_all (self, copy);
  if (result < 0)
    return tc_fail (error, -result, "sendfile", "/proc/self/exe");
  if (fcntl (copy, F_ADD_SEALS, SEALS) < 0)
    return tc_fail (error, errno, "fcntl", "F_ADD_SEALS");
  (void) fexecve (copy, argv, envp);
  return tc_fail (error, errno, "fexecve", NULL);
}

/* Kernels before 6.3 refuse MFD_EXEC; where vm.memfd_noexec is 1, later ones need it. */
static int
open_memory_file (void)
{
  int fd = memfd_create ("tc-keeper", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

  return fd >= 0 || errno != EINVAL ? fd : memfd_create ("tc-keeper", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int
copy_all (int from, int to)
{
  ssize_t sent;

  do
    sent = sendfile (to, from, NULL, 1 << 20);
  while (sent > 0);
  return sent < 0 ? -errno : 0;
}
