/* Sockets that the keeper holds for others: bound before they are needed, and lent. */
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
  int own_net_namespace; /* the keeper's, to return to */
} tc_held_sockets;

/* Binds a socket in the request's network namespace, and listens if the request has a backlog. Returns the
   port bound, or -errno: EEXIST if the name is held already. */
int tc_held_add (tc_held_sockets *sockets, const tc_hold_request *request, tc_error *error);
/* Closes the sockets whose names start with `prefix`. Returns how many. */
uint32_t tc_held_release (tc_held_sockets *sockets, tc_span prefix);
bool tc_held_matches (const tc_held *held, tc_span prefix);

#endif
