/* The files `pid` and `exit` in a container's state folder. */
#ifndef TC_RECORDS_H
#define TC_RECORDS_H

#include <stdint.h>
#include <sys/types.h>

/* Both replace the file by rename, so that a reader sees it whole or not at all. Failures are noted in
   the keeper's log and otherwise ignored, since the folder may have been removed meanwhile. */
void tc_record_pid (const char *state_dir, pid_t pid, uint64_t start_time, uint64_t started_at);
void tc_record_exit (const char *state_dir, int wait_status, uint64_t finished_at);
/* Removes the records of an earlier run. */
void tc_records_clear (const char *state_dir);

#endif
