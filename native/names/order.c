/* Orders come from the supervisor, and are checked as if they came from anyone. */
#include "order.h"

#include "packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool has_id (tc_order_kind kind);
static int read_client (tc_reader *reader, tc_order *order);
static void skip_networks (tc_reader *reader, uint32_t count);
static void skip_links (tc_reader *reader, uint32_t count);
static void read_socket (tc_reader *reader, tc_order *order);
static int read_networks (const tc_order *order, const tc_table *table, tc_view *view);
static int read_links (const tc_order *order, tc_view *view);
static bool is_name (tc_span name);

int
tc_order_read (tc_span data, tc_order *order)
{
  tc_reader reader = tc_reader_of (data.data, data.size);
  uint32_t kind = tc_read_u32 (&reader);
  int result = 0;

  *order = (tc_order){ .kind = (tc_order_kind) kind };
  if (kind < TC_ORDER_RESET || kind > TC_ORDER_WAKE)
    return -EPROTO;
  if (has_id (order->kind))
    order->id = tc_read_u32 (&reader);
  switch (order->kind)
    {
    case TC_ORDER_NETWORK:
    case TC_ORDER_FORGET_NAME:
    case TC_ORDER_FORGET_POINTER:
      order->name = tc_read_bytes (&reader);
      break;
    case TC_ORDER_NAME:
      order->name = tc_read_bytes (&reader);
      order->first = tc_read_bytes (&reader);
      order->second = tc_read_bytes (&reader);
      break;
    case TC_ORDER_POINTER:
      order->name = tc_read_bytes (&reader);
      order->first = tc_read_bytes (&reader);
      break;
    case TC_ORDER_CLIENT:
    case TC_ORDER_VIEW:
      result = read_client (&reader, order);
      break;
    case TC_ORDER_UPSTREAMS:
      order->upstreams = tc_upstreams_read (&reader, &result);
      break;
    case TC_ORDER_SOCKETS:
      read_socket (&reader, order);
      break;
    case TC_ORDER_RESET:
    case TC_ORDER_SERVE:
    case TC_ORDER_SYNCED:
    case TC_ORDER_FORGET_CLIENT:
    case TC_ORDER_REST:
    case TC_ORDER_WAKE:
    default:
      break;
    }
  if (result == 0 && !tc_reader_is_done (&reader))
    result = -EPROTO;
  if (result < 0)
    {
      tc_upstreams_release (order->upstreams);
      order->upstreams = NULL;
    }
  return result;
}

static bool
has_id (tc_order_kind kind)
{
  return kind != TC_ORDER_RESET && kind != TC_ORDER_SERVE && kind != TC_ORDER_UPSTREAMS && kind != TC_ORDER_REST
         && kind != TC_ORDER_WAKE;
}

static int
read_client (tc_reader *reader, tc_order *order)
{
  int result;

  order->flags = tc_read_u32 (reader);
  order->network_count = tc_read_u32 (reader);
  order->networks = *reader;
  skip_networks (reader, order->network_count);
  order->link_count = tc_read_u32 (reader);
  order->links = *reader;
  skip_links (reader, order->link_count);
  order->upstreams = tc_upstreams_read (reader, &result);
  return result;
}

static void
skip_networks (tc_reader *reader, uint32_t count)
{
  for (; count > 0 && !reader->bad; count--)
    (void) tc_read_u32 (reader);
}

static void
skip_links (tc_reader *reader, uint32_t count)
{
  for (; count > 0 && !reader->bad; count--)
    {
      (void) tc_read_bytes (reader);
      (void) tc_read_bytes (reader);
    }
}

static void
read_socket (tc_reader *reader, tc_order *order)
{
  uint32_t family = tc_read_u32 (reader);
  uint32_t type = tc_read_u32 (reader);

  if ((family != AF_INET && family != AF_INET6) || (type != SOCK_STREAM && type != SOCK_DGRAM))
    reader->bad = true;
  order->family = (int) family;
  order->socket_type = (int) type;
}

int
tc_order_view (const tc_order *order, const tc_table *table, tc_view *view)
{
  int result;

  *view = (tc_view){ 0 };
  result = read_networks (order, table, view);
  if (result == 0)
    result = read_links (order, view);
  if (result < 0)
    tc_view_free (view);
  return result;
}

/* The counts were read with all that they count, so they are no larger than the order. */
static int
read_networks (const tc_order *order, const tc_table *table, tc_view *view)
{
  tc_reader reader = order->networks;

  view->networks = calloc (order->network_count + 1u, sizeof (*view->networks));
  if (view->networks == NULL)
    return -ENOMEM;
  for (; view->network_count < order->network_count; view->network_count++)
    {
      tc_network *network = tc_table_network (table, tc_read_u32 (&reader));

      if (network == NULL)
        return -EPROTO;
      view->networks[view->network_count] = network;
    }
  return 0;
}

/* Their bytes lie behind them, in the same memory. */
static int
read_links (const tc_order *order, tc_view *view)
{
  tc_reader reader = order->links;
  size_t table_size = order->link_count * sizeof (*view->links);
  uint8_t *at;

  if (order->link_count == 0)
    return 0;
  view->links = malloc (table_size + reader.left);
  if (view->links == NULL)
    return -ENOMEM;
  at = (uint8_t *) view->links + table_size;
  for (uint32_t index = 0; index < order->link_count; index++)
    {
      tc_span alias = tc_read_bytes (&reader);
      tc_span meant = tc_read_bytes (&reader);

      if (!is_name (alias) || !is_name (meant))
        return -EPROTO;
      memcpy (at, alias.data, alias.size);
      memcpy (at + alias.size, meant.data, meant.size);
      view->links[index] = (tc_link){ { at, alias.size }, { at + alias.size, meant.size } };
      at += alias.size + meant.size;
    }
  view->link_count = order->link_count;
  return 0;
}

static bool
is_name (tc_span name)
{
  return name.size > 0 && name.size <= TC_DNS_NAME;
}

void
tc_view_free (tc_view *view)
{
  free (view->networks);
  free (view->links);
  *view = (tc_view){ 0 };
}

int
tc_order_change (const tc_order *order, tc_table *table)
{
  tc_network *network;

  if (order->kind == TC_ORDER_NETWORK)
    return tc_table_add_network (table, order->id, order->name);
  if (order->kind < TC_ORDER_NAME || order->kind > TC_ORDER_FORGET_POINTER)
    return 1;
  network = tc_table_network (table, order->id);
  if (network == NULL)
    return -EPROTO;
  if (order->kind == TC_ORDER_NAME)
    return tc_network_set_name (network, order->name, order->first, order->second);
  if (order->kind == TC_ORDER_POINTER)
    return tc_network_set_pointer (network, order->name, order->first);
  if (order->kind == TC_ORDER_FORGET_NAME)
    tc_network_forget_name (network, order->name);
  else
    tc_network_forget_pointer (network, order->name);
  return 0;
}
