/* How a process is born into the PID namespace of a container that runs. */
#ifndef TC_BIRTH_H
#define TC_BIRTH_H

#include "launch.h"

/* Returns the index of the operation before which a process that joins a container is born into its PID
   namespace. What needs privileges or reaches the host lies before it wherever the program allows. */
size_t tc_birth_index (const tc_program *program);

/* Makes the caller's children be born in the PID namespace of `target_fd`, a pidfd. */
int tc_choose_birthplace (int target_fd, tc_error *error);

/* Goes on as a child of the keeper in the chosen PID namespace, the leader of a session there, after a
   report of TC_REPORT_BORN. The caller's process ends. */
int tc_be_born (tc_launch *launch, tc_error *error);

#endif
