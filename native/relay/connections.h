/* Connections of TCP that are passed on. */
#ifndef TC_RELAY_CONNECTIONS_H
#define TC_RELAY_CONNECTIONS_H

#include "../loop.h"
#include "order.h"

typedef struct tc_listener tc_listener;

/* Takes connections on `fd`, which listens, and makes one to `target` for each. Owns `fd` if it succeeds. Returns NULL if
   memory is short. */
tc_listener *tc_listener_open (tc_loop *loop, int fd, const tc_endpoint *target);
/* Resets the connections that are open. */
void tc_listener_close (tc_listener *listener);

#endif
