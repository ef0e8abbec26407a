/* How an init reports the end of its child. */
#ifndef TC_EXIT_CODE_H
#define TC_EXIT_CODE_H

#include <sys/wait.h>

/* Maps a wait status to a shell's exit code: 128 + signal for a killed process. */
static inline int
tc_exit_code (int wait_status)
{
  if (WIFEXITED (wait_status))
    return WEXITSTATUS (wait_status);
  if (WIFSIGNALED (wait_status))
    return 128 + WTERMSIG (wait_status);
  return 255;
}

#endif
