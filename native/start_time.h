/* When a process began: with its pid it names one process for ever. */
#ifndef TC_START_TIME_H
#define TC_START_TIME_H

#include <stdint.h>
#include <sys/types.h>

/* Field 22 of /proc/<pid>/stat, in clock ticks since boot; 0 if it cannot be read. */
uint64_t tc_start_time (pid_t pid);

/* The same of the process whose folder in /proc is open: a folder stands for one process for ever. */
uint64_t tc_start_time_at (int folder);

#endif
