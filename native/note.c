#include "note.h"

#include "log_lines.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

void
tc_note (const char *text, const tc_error *error)
{
  char time[TC_LOG_TIME_SIZE];
  struct timespec now;

  (void) clock_gettime (CLOCK_REALTIME, &now);
  tc_format_time (now, time);
  (void) dprintf (STDERR_FILENO, "%s keeper: %s: %s %s: errno %d\n", time, text, error->what,
                  error->path, error->err);
}
