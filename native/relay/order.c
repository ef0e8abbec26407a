/* Orders come from the supervisor, and are checked as if they came from anyone. */
#include "order.h"

#include <errno.h>

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

  if (type != SOCK_STREAM && type != SOCK_DGRAM)
    return -EPROTO;
  order->socket_type = (int) type;
  return tc_endpoint_read (reader, &order->target);
}
