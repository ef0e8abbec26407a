/* Orders come from the supervisor, and are checked as if they came from anyone. */
#include "order.h"

#include "../wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static int read_target (tc_reader *reader, tc_order *order);

int
tc_order_read (const void *data, size_t size, tc_order *order)
{
  tc_reader reader = tc_reader_of (data, size);
  uint32_t kind = tc_read_u32 (&reader);

  *order = (tc_order){ .id = tc_read_u32 (&reader) };
  if (kind == TC_ORDER_REMOVE)
    order->kind = TC_ORDER_REMOVE;
  else if (kind == TC_ORDER_ADD && read_target (&reader, order) == 0)
    order->kind = TC_ORDER_ADD;
  else
    return -EPROTO;
  return tc_reader_is_done (&reader) ? 0 : -EPROTO;
}

static int
read_target (tc_reader *reader, tc_order *order)
{
  uint32_t type = tc_read_u32 (reader);
  uint16_t port = tc_read_u16 (reader);
  tc_span address = tc_read_bytes (reader);

  if (type != SOCK_STREAM && type != SOCK_DGRAM)
    return -EPROTO;
  order->socket_type = (int) type;
  if (address.size == sizeof (struct in_addr))
    {
      order->target.inet.sin_family = AF_INET;
      order->target.inet.sin_port = htons (port);
      memcpy (&order->target.inet.sin_addr, address.data, address.size);
      return 0;
    }
  if (address.size != sizeof (struct in6_addr))
    return -EPROTO;
  order->target.inet6.sin6_family = AF_INET6;
  order->target.inet6.sin6_port = htons (port);
  memcpy (&order->target.inet6.sin6_addr, address.data, address.size);
  return 0;
}

socklen_t
tc_endpoint_size (const tc_endpoint *endpoint)
{
  return endpoint->any.sa_family == AF_INET ? sizeof (endpoint->inet) : sizeof (endpoint->inet6);
}
