/* Keeps one process running: the supervisor. */
#ifndef TC_SUPERVISOR_H
#define TC_SUPERVISOR_H

#include "keeper.h"

/* Runs `request`'s program, and replies when it has reached its exec or failed. The same program that
   runs already is left alone; another one takes its place. */
void tc_supervisor_set (tc_keeper *keeper, tc_client *client, uint64_t request_id,
                        const tc_supervise_request *request);
void tc_supervisor_started (tc_keeper *keeper, const tc_process *process);
/* Exit code 0 ends the supervision; anything else is answered with a respawn, after 100 ms at first,
   doubling to 10 s, from the start again after a life of 10 s. */
void tc_supervisor_ended (tc_keeper *keeper, const tc_process *process);
void tc_supervisor_forget_client (tc_keeper *keeper, const tc_client *client);
bool tc_supervisor_is_wanted (const tc_keeper *keeper);
/* Respawns if it is time. Returns the ms until the next respawn, or -1. */
int tc_supervisor_tick (tc_keeper *keeper);

#endif
