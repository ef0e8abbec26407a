/* What the keeper holds for others, by name: sockets, which are bound before they are needed and lent, files in
   memory, which launch programs copy into containers, and network namespaces, which outlive the processes in them. */
#ifndef TC_HELD_H
#define TC_HELD_H

#include "error.h"
#include "protocol.h"

typedef struct tc_held tc_held;

typedef enum
{
  TC_HELD_SOCKET,
  TC_HELD_FILE,
  TC_HELD_NETWORK, /* a network namespace */
} tc_held_kind;

struct tc_held
{
  tc_held *next;
  char *name;
  int fd;
  uint16_t port; /* of a socket */
  tc_held_kind kind;
};

typedef struct
{
  tc_held *first;
  int own_net_namespace; /* the keeper's, to return to */
} tc_held_list;

/* Binds a socket in the request's network namespace, and listens if the request has a backlog. Returns the
   port bound, or -errno: EEXIST if the name is held already. */
int tc_held_add (tc_held_list *list, const tc_hold_request *request, tc_error *error);
/* Keeps the request's content in a file under its name: in place of what a file of that name holds, or behind
   it. Returns 0 or -errno: EEXIST if a socket has the name. */
int tc_held_keep (tc_held_list *list, const tc_keep_request *request, tc_error *error);
/* Holds a socket or a network namespace that is open already, and owns its descriptor then. Returns 0 or -errno:
   EEXIST if the name is held already. */
int tc_held_adopt (tc_held_list *list, tc_span name, tc_held_kind kind, int *fd, tc_error *error);
/* Returns the descriptor of what is held as `name`, or -1 if nothing of that kind is. */
int tc_held_find (const tc_held_list *list, const char *name, tc_held_kind kind);
/* Closes what is held under names that start with `prefix`. Returns how many. */
uint32_t tc_held_release (tc_held_list *list, tc_span prefix);
/* Closes all of a kind, for good: nothing is asked of the list any more. */
void tc_held_close (const tc_held_list *list, tc_held_kind kind);
bool tc_held_matches (const tc_held *held, tc_span prefix);

/* Opens and binds a socket in the network that the caller is in, and listens if the request has a backlog. */
int tc_open_bound (const tc_hold_request *request, tc_error *error);

#endif
