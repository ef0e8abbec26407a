/* Datagrams of UDP that are passed on. */
#ifndef TC_RELAY_DATAGRAMS_H
#define TC_RELAY_DATAGRAMS_H

#include "../loop.h"
#include "order.h"

#include <stdbool.h>

typedef struct tc_datagrams tc_datagrams;

/* Passes datagrams that come to `fd` on to `target`, from a socket of its own for each client, and its answers back. Owns
   `fd` if it succeeds. Returns NULL if memory is short. */
tc_datagrams *tc_datagrams_open (tc_loop *loop, int fd, const tc_endpoint *target);
void tc_datagrams_close (tc_datagrams *datagrams);
bool tc_datagrams_has_clients (const tc_datagrams *datagrams);
/* Forgets the clients from which, and to which, nothing came in the 90 s before `now` (ms, CLOCK_MONOTONIC). */
void tc_datagrams_forget_idle (tc_datagrams *datagrams, uint64_t now);

#endif
