/* What the relay is told, each order a message of its own on a SOCK_SEQPACKET socket. */
#ifndef TC_RELAY_ORDER_H
#define TC_RELAY_ORDER_H

#include "../endpoint.h"
#include "../error.h"

/* Of the longest order, and more. */
#define TC_ORDER_SIZE 64u

typedef enum
{
  /* Pass on what comes to the socket that is sent along. */
  TC_ORDER_ADD = 1,
  /* Close that socket, and all that came by it. */
  TC_ORDER_REMOVE = 2,
} tc_order_kind;

typedef struct
{
  tc_order_kind kind;
  uint32_t id; /* chosen by who sends it */
  int socket_type; /* SOCK_STREAM or SOCK_DGRAM */
  tc_endpoint target;
} tc_order;

/* Reads u32 kind, u32 id; and to add: u32 socket type, u16 port, bytes address, 4 or 16. Returns 0 or -EPROTO. */
int tc_order_read (const void *data, size_t size, tc_order *order);

#endif
