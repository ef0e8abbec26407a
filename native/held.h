/* Sockets that the keeper holds for others: bound before anyone may need them, and lent. */
#ifndef TC_HELD_H
#define TC_HELD_H

#include "error.h"
#include "protocol.h"

typedef struct tc_held tc_held;

struct tc_held
{
  tc_held *next;
  char *name;
  int fd;
  uint16_t port;
};

typedef struct
{
  tc_held *first;
  int own_net_namespace; /* the way back to the keeper's own */
} tc_held_sockets;

/* Binds a socket, in the request's network namespace, and listens where a backlog is asked for.
   Returns the port bound, or -errno: EEXIST for a name that is held already. */
int tc_held_add (tc_held_sockets *sockets, const tc_hold_request *request, tc_error *error);
/* Closes what has a name that starts with `prefix`, and returns how many. */
uint32_t tc_held_release (tc_held_sockets *sockets, tc_span prefix);
bool tc_held_matches (const tc_held *held, tc_span prefix);

#endif
