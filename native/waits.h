/* Clients that wait for processes to end. */
#ifndef TC_WAITS_H
#define TC_WAITS_H

#include "client.h"
#include "process.h"

typedef struct tc_wait tc_wait;

typedef struct
{
  tc_wait *first;
} tc_waits;

/* Replies to a WAIT, at once or when the process ends. */
void tc_waits_add (tc_waits *waits, tc_process *process, const tc_request *request);
/* Replies to all that wait for a process that has ended. Forgets it if it is auxiliary and a client had its
   reply, or none is left that could ask. */
void tc_waits_answer (tc_waits *waits, tc_process *process);
/* Fails all waits for a process whose launch failed. */
void tc_waits_fail (tc_waits *waits, const tc_process *process);
void tc_waits_forget_client (tc_waits *waits, const tc_client *client);

/* Appends wait status and time of the end. */
void tc_put_exit (tc_buffer *payload, const tc_process *process);

#endif
