/* What the owner tells the server, and asks to be told. Both ways each message is u32 size of what follows, u32 kind, fields;
   src/engine/local/supervisor/dns/orders.ts writes and reads the same. */
#ifndef TC_NAMES_ORDER_H
#define TC_NAMES_ORDER_H

#include "table.h"
#include "upstreams.h"

/* Of one order, without its own size. */
#define TC_ORDER_LIMIT (1u << 20)

typedef enum
{
  /* Forget everything but the queries that others were asked for; nothing is answered until SERVE. */
  TC_ORDER_RESET = 1,
  /* Everything has been told: answer. */
  TC_ORDER_SERVE = 2,
  /* u32 serial: all that was true when that SYNC was asked has been told. */
  TC_ORDER_SYNCED = 3,
  /* u32 network, bytes suffix. */
  TC_ORDER_NETWORK = 4,
  /* u32 network, bytes name, bytes IPv4 addresses, bytes IPv6 addresses. */
  TC_ORDER_NAME = 5,
  /* u32 network, bytes name. */
  TC_ORDER_FORGET_NAME = 6,
  /* u32 network, bytes reverse name, bytes target with its empty label. */
  TC_ORDER_POINTER = 7,
  /* u32 network, bytes reverse name. */
  TC_ORDER_FORGET_POINTER = 8,
  /* u32 client, u32 flags, list of u32 networks, list of (bytes alias, bytes meant), upstreams. With a bound UDP socket and a
     listening TCP socket. */
  TC_ORDER_CLIENT = 9,
  /* u32 client. */
  TC_ORDER_FORGET_CLIENT = 10,
  /* Upstreams of the host. */
  TC_ORDER_UPSTREAMS = 11,
  /* u32 client, u32 family, u32 type: the sockets that come along are of its network. */
  TC_ORDER_SOCKETS = 12,
  /* As CLIENT, of one that is there, without sockets: what it sees from now on. */
  TC_ORDER_VIEW = 13,
  /* Until WAKE or RESET the owner is not asked what is new: it has all that was true told until then, and is woken by what changes. */
  TC_ORDER_REST = 14,
  TC_ORDER_WAKE = 15,
} tc_order_kind;

/* Flags of a client. */
/* What is not a name of its networks is passed on. */
#define TC_CLIENT_FORWARDS 1u
/* To its own upstreams, by sockets of its network. */
#define TC_CLIENT_HAS_UPSTREAMS 2u

typedef enum
{
  /* u32 serial: a name is asked for that is not known, or has no address. */
  TC_REPORT_SYNC = 1,
  /* u32 client, u32 family, u32 type: it has no socket left to ask its upstreams by. */
  TC_REPORT_SOCKETS = 2,
} tc_report_kind;

typedef struct
{
  tc_order_kind kind;
  uint32_t id; /* of the network, the client, or the SYNC */
  uint32_t flags;
  int family, socket_type;
  tc_span name, first, second;
  tc_reader networks, links; /* of which `network_count` and `link_count` follow */
  uint32_t network_count, link_count;
  tc_upstreams *upstreams; /* the caller's from then on, or NULL */
} tc_order;

/* Returns 0, -EPROTO or -ENOMEM. Spans point into `data`. */
int tc_order_read (tc_span data, tc_order *order);

/* Makes the view that a read order for a client describes. Returns 0, -EPROTO or -ENOMEM. */
int tc_order_view (const tc_order *order, const tc_table *table, tc_view *view);
void tc_view_free (tc_view *view);

/* Changes the table as the order says; returns 1 if it is about something else, or 0, -EPROTO or -ENOMEM. */
int tc_order_change (const tc_order *order, tc_table *table);

#endif
