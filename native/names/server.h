/* What the parts of the server share: the containers that ask, and their queries. */
#ifndef TC_NAMES_SERVER_H
#define TC_NAMES_SERVER_H

#include "../loop.h"
#include "answer.h"
#include "order.h"

/* Of one container, so that it does not keep others from asking, and of all. */
#define TC_MOST_QUERIES_OF_CLIENT 256u
#define TC_MOST_QUERIES 1024u
#define TC_NEVER UINT64_MAX

typedef struct tc_server tc_server;
typedef struct tc_client tc_client;
typedef struct tc_query tc_query;
typedef struct tc_connection tc_connection;

/* The other end of standard input: see owner.c. */
typedef struct
{
  tc_source source;
  tc_server *server;
  tc_buffer received;
  int *fds; /* that orders to come are about */
  size_t fd_count;
  uint32_t serial;     /* of the last SYNC */
  uint64_t asked_at;   /* when that was asked; 0 for never */
  bool is_asked;       /* and is not answered */
  bool is_late;        /* so that nothing waits for it */
  bool rests;          /* and is not asked */
  bool has_ended;
  bool is_wrong; /* what it says cannot be understood, or memory is short */
} tc_owner;

struct tc_server
{
  tc_loop loop;
  tc_owner owner;
  tc_table table;
  tc_upstreams *upstreams; /* the host's, or NULL */
  tc_client *first;
  bool serves;
  uint32_t queries, connections; /* that are open */
  uint32_t retired; /* clients */
  uint64_t due; /* when something may be late, at the earliest */
};

typedef struct
{
  tc_source source;
  tc_client *client;
} tc_client_socket;

/* Sockets of a container's network that none of its queries uses. */
typedef struct
{
  int *fds;
  uint32_t count, capacity;
  bool is_asked;
} tc_pool;

/* By family and type. */
#define TC_POOLS 4u

struct tc_client
{
  tc_client_socket udp, tcp;
  tc_client *next;
  tc_server *server;
  uint32_t id;
  bool is_retired; /* asks nothing more, and gets what it has asked for */
  bool forwards;
  tc_view view;
  tc_turns turns;
  tc_upstreams *upstreams; /* its own, or NULL */
  tc_pool pools[TC_POOLS];
  tc_query *first_query;
  uint32_t queries;
  tc_connection *first_connection;
  uint32_t connections;
  int spare; /* given up to refuse a connection where no descriptors are left */
};

/* Who waits for a reply. */
typedef struct
{
  tc_connection *connection; /* NULL over UDP */
  struct sockaddr_in peer;
} tc_asker;

typedef enum
{
  /* The owner is asked what is new. */
  TC_QUERY_HELD,
  /* The owner is asked for sockets. */
  TC_QUERY_UNCONNECTED,
  TC_QUERY_CONNECTING,
  TC_QUERY_SENT,
} tc_query_state;

struct tc_query
{
  tc_source source; /* connected to an upstream */
  tc_client *client;
  tc_query *previous, *next;
  tc_asker asker;
  tc_query_state state;
  tc_upstreams *upstreams;
  bool is_pooled; /* its sockets are of the client's network */
  uint32_t attempt;
  uint64_t due; /* of being held, or of the attempt */
  uint8_t *trouble; /* what an earlier upstream said, or NULL */
  size_t trouble_size;
  tc_buffer received; /* of a stream */
  uint16_t id;        /* the client's */
  size_t size;
  uint8_t packet[];
};

/* client.c */
/* Takes over both descriptors. Returns 0, -EPROTO or -ENOMEM. */
int tc_client_add (tc_server *server, const tc_order *order, int udp, int tcp);
/* Queries that are under way keep their upstreams. Returns 0, -EPROTO or -ENOMEM. */
int tc_client_change (tc_server *server, const tc_order *order);
void tc_client_remove (tc_server *server, uint32_t id);
/* Reads nothing more from any; those go whose queries are done. */
void tc_client_retire_all (tc_server *server);
/* Lets go of the retired ones whose queries are done. */
void tc_client_sweep (tc_server *server);
tc_client *tc_client_find (const tc_server *server, uint32_t id);
/* Begins to read from its sockets. */
void tc_client_serve (tc_client *client);

/* query.c */
/* Answers a query, at once or later; what it replies at once goes to `reply`, of TC_DNS_UDP or TC_DNS_TCP bytes. Returns the size of
   that, or 0. */
size_t tc_query_take (tc_client *client, tc_span packet, const tc_asker *asker, uint8_t *reply);
/* Answers what was held until the owner has told what is new. */
void tc_query_resume (tc_server *server);
/* Replies, and forgets the query. */
void tc_query_finish (tc_query *query, const uint8_t *reply, size_t size);
void tc_query_fail (tc_query *query, tc_reply_code code);
/* Forgets it without a reply. */
void tc_query_drop (tc_query *query);
/* Drops those of a client that wait for the owner. */
void tc_query_drop_waiting (tc_client *client);
/* Drops those of a connection. */
void tc_query_drop_of (tc_client *client, const tc_connection *connection);
void tc_query_set_due (tc_query *query, uint64_t due);

/* forward.c */
/* Asks the upstreams in turn, and finishes the query. */
void tc_forward (tc_query *query);
/* The attempt has taken its time. */
void tc_forward_expire (tc_query *query);
/* Takes sockets of the client's network that were asked for, or closes them. */
void tc_forward_supply (tc_client *client, int family, int type, const int *fds, size_t count);
/* Gives up the socket of a query. */
void tc_forward_leave (tc_query *query);
void tc_pool_close (tc_client *client);

/* datagrams.c */
void tc_datagrams_ready (tc_source *source, uint32_t events);
void tc_datagram_send (const tc_client *client, const struct sockaddr_in *peer, const uint8_t *reply, size_t size);

/* connections.c */
void tc_listener_ready (tc_source *source, uint32_t events);
void tc_connection_send (tc_connection *connection, const uint8_t *reply, size_t size);
/* A query of the connection is kept; then it has been answered or dropped. */
void tc_connection_asked (tc_connection *connection);
void tc_connection_answered (tc_connection *connection);
void tc_connection_close (tc_connection *connection);
/* Reads no more of those of the client, and closes each that has got its replies. */
void tc_connections_finish (tc_client *client);
/* Closes those of the client that are idle. Returns when the next may be. */
uint64_t tc_connections_expire (tc_client *client, uint64_t now);

/* owner.c */
int tc_owner_open (tc_server *server, int fd);
/* Returns whether a name that is not found may be one that the owner has not told of yet; asks it then. */
bool tc_owner_knows_more (tc_server *server);
/* Returns whether it was asked. */
bool tc_owner_want_sockets (const tc_client *client, int family, int type);
/* Sets that the owner does not answer. */
void tc_owner_expire (tc_server *server);

#endif
