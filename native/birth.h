/* How a process is born into the PID namespace of a running container. */
#ifndef TC_BIRTH_H
#define TC_BIRTH_H

#include "launch.h"

/* Returns the index of the operation before which a process that joins a container is born into its PID
   namespace. What needs privileges or reaches the host comes before it wherever the program allows. */
size_t tc_birth_index (const tc_program *program);

/* Tells whether an operation of `program` makes the PID namespace of another container the birthplace. */
bool tc_chooses_birthplace (const tc_program *program);

/* Makes the PID namespace of `target_fd`, a pidfd, the one of the caller's future children. */
int tc_choose_birthplace (int target_fd, tc_error *error);

/* Continues in a child of the keeper in the chosen PID namespace, which leads a session and has sent
   TC_REPORT_BORN. The calling process exits. */
int tc_be_born (tc_launch *launch, tc_error *error);

#endif
