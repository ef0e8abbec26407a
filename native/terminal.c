#include "terminal.h"

#include "cleanup.h"
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
tc_make_terminal (const tc_operation *op, int report_fd, tc_error *error)
{
  const char *path = op->text[0];
  struct winsize size = { .ws_row = (unsigned short) op->number[0],
                          .ws_col = (unsigned short) op->number[1] };
  uid_t uid = (uid_t) op->number[2];
  tc_report report = { .kind = TC_REPORT_TERMINAL };
  tc_auto_fd master = -1;
  tc_auto_fd terminal = -1;
  int unlocked = 0;

  master = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0)
    return tc_fail (error, errno, "open", path);
  if (ioctl (master, TIOCSPTLCK, &unlocked) < 0)
    return tc_fail (error, errno, "TIOCSPTLCK", path);
  /* TIOCGPTPEER (Linux 4.13) needs no path to the other end, so the image cannot redirect it. */
  terminal = ioctl (master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0)
    return tc_fail (error, errno, "TIOCGPTPEER", path);
  if (ioctl (terminal, TIOCSWINSZ, &size) < 0)
    return tc_fail (error, errno, "TIOCSWINSZ", path);
  if (uid != (uid_t) -1 && fchown (terminal, uid, (gid_t) -1) < 0)
    return tc_fail (error, errno, "fchown", path);
  for (int stream = 0; stream < 3; stream++)
    if (dup2 (terminal, stream) < 0)
      return tc_fail (error, errno, "dup2", path);
  if (tc_send_descriptor (report_fd, &report, sizeof (report), master) < 0)
    return tc_fail (error, errno, "sendmsg", path);
  return 0;
}

int
tc_take_terminal (tc_error *error)
{
  return ioctl (STDIN_FILENO, TIOCSCTTY, 0) < 0 ? tc_fail (error, errno, "TIOCSCTTY", NULL) : 0;
}
