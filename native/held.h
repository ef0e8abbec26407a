/* What the keeper holds for others, by name: sockets, which are bound before they are needed and lent, files in
   memory, which launch programs copy into containers, network namespaces, which outlive the processes in them, and
   descriptors of any kind that were entrusted to it, which are lent again. */
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
  TC_HELD_ENTRUSTED,
} tc_held_kind;

struct tc_held
{
  tc_held *next;
  char *name;
  int fd;
  uint16_t port; /* of a socket */
  tc_held_kind kind;
  bool wakes; /* is in the wake set */
};

typedef struct
{
  tc_held *first;
  int own_net_namespace; /* the keeper's, to return to */
  int wake_set;          /* epoll(7): readable while an entrusted descriptor that wakes is */
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
/* Holds a descriptor that a client sends, in place of another that was entrusted under its name, and owns it then.
   Returns 0 or -errno: EEXIST if something else has the name, EPERM if it is to wake and cannot be waited for. */
int tc_held_entrust (tc_held_list *list, const tc_entrust_request *request, int *fd, tc_error *error);
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
