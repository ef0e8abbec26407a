/* What the keeper holds for others, by name: sockets, which are bound before they are needed and lent, and
   files in memory, which launch programs copy into containers. */
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
  bool is_file;
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
/* Returns the descriptor of the file `name`, or -1 if none is kept. */
int tc_held_file (const tc_held_list *list, const char *name);
/* Closes what is held under names that start with `prefix`. Returns how many. */
uint32_t tc_held_release (tc_held_list *list, tc_span prefix);
bool tc_held_matches (const tc_held *held, tc_span prefix);

#endif
