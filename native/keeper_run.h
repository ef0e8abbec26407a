/* The keeper's life. */
#ifndef TC_KEEPER_RUN_H
#define TC_KEEPER_RUN_H

#include "keeper.h"

/* Sets up everything but the listening socket, which it takes over. Returns 0 or -errno. */
int tc_keeper_open (tc_keeper *keeper, int listener, const char *socket_path, tc_error *error);
/* Returns when no container lives, no client is connected and no supervisor is wanted, or after QUIT. */
void tc_keeper_run (tc_keeper *keeper);

#endif
