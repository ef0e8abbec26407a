/* Fuzz target: what the name server reads. Orders fill a table, queries of containers are answered from it, and replies of
   upstream servers are matched with them; each is well formed as a grammar has it, and damaged then. */
#include "fuzz_random.h"
#include "names/answer.h"
#include "names/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define FUZZ_RUNS 250000u
/* Between two tables. */
#define RUNS_OF_A_TABLE 64u

#define CHECK(condition)                                                                                               \
  do                                                                                                                   \
    if (!(condition))                                                                                                  \
      {                                                                                                                \
        (void) printf ("%d: %s\n", __LINE__, #condition);                                                              \
        abort ();                                                                                                      \
      }                                                                                                                \
  while (0)

ssize_t __wrap_getrandom (void *data, size_t size, unsigned flags);
ssize_t
__wrap_getrandom (void *data, size_t size, unsigned flags)
{
  uint8_t *bytes = data;

  (void) flags;
  for (size_t index = 0; index < size; index++)
    bytes[index] = (uint8_t) fuzz_random (256);
  return (ssize_t) size;
}

static const char *const labels[] = { "web", "db", "WEB", "shop_front", "1", "0", "10", "in-addr", "arpa", "x-y_z", "" };

static void
put_name (tc_buffer *name)
{
  size_t start = name->size;

  for (uint32_t count = fuzz_random (4); count < 5 && name->size - start < 200; count++)
    {
      const char *label = labels[fuzz_random (11)];
      uint8_t length = (uint8_t) strlen (label);

      if (length == 0)
        break;
      tc_put_u8 (name, length);
      tc_put_raw (name, label, length);
    }
  if (fuzz_random (32) != 0)
    return;
  /* The longest labels, until the name is too long or nearly so. */
  for (uint32_t count = fuzz_random (5); count > 0; count--)
    {
      tc_put_u8 (name, 63);
      for (unsigned index = 0; index < 63; index++)
        tc_put_u8 (name, 'a');
    }
}

static void
put_sized_name (tc_buffer *order)
{
  tc_auto_buffer name = { 0 };

  put_name (&name);
  tc_put_u32 (order, (uint32_t) name.size);
  tc_put_raw (order, name.data, name.size);
}

static void
put_addresses (tc_buffer *order, uint32_t size)
{
  uint32_t count = fuzz_random (8) == 0 ? fuzz_random (400) : fuzz_random (3);

  tc_put_u32 (order, count * size);
  for (uint32_t index = 0; index < count * size; index++)
    tc_put_u8 (order, (uint8_t) index);
}

static void
put_upstreams (tc_buffer *order)
{
  uint32_t count = fuzz_random (3);

  tc_put_u32 (order, count);
  for (; count > 0; count--)
    {
      tc_put_u16 (order, 53);
      put_addresses (order, fuzz_random (2) == 0 ? 4 : 16);
      tc_put_u32 (order, 0);
    }
}

static void
put_order (tc_buffer *order, uint32_t kind)
{
  uint32_t count = fuzz_random (3);

  tc_put_u32 (order, kind);
  if (kind == TC_ORDER_UPSTREAMS)
    {
      put_upstreams (order);
      return;
    }
  tc_put_u32 (order, fuzz_random (3));
  if (kind == TC_ORDER_CLIENT || kind == TC_ORDER_VIEW)
    {
      tc_put_u32 (order, fuzz_random (4));
      tc_put_u32 (order, count);
      for (uint32_t index = 0; index < count; index++)
        tc_put_u32 (order, fuzz_random (3));
      count = fuzz_random (3);
      tc_put_u32 (order, count);
      for (uint32_t index = 0; index < count * 2; index++)
        put_sized_name (order);
      put_upstreams (order);
      return;
    }
  put_sized_name (order);
  if (kind == TC_ORDER_NAME)
    {
      put_addresses (order, 4);
      put_addresses (order, 16);
    }
  else if (kind == TC_ORDER_POINTER)
    put_sized_name (order);
}

static void
put_record (tc_buffer *packet)
{
  uint8_t size = (uint8_t) fuzz_random (20);
  bool is_opt = fuzz_random (2) == 0;

  if (!is_opt)
    put_name (packet);
  tc_put_u8 (packet, !is_opt && fuzz_random (4) == 0 ? 0xc0 : 0);
  tc_put_u8 (packet, 0);
  tc_put_u8 (packet, is_opt ? TC_DNS_OPT : 1);
  tc_put_u8 (packet, (uint8_t) fuzz_random (20));
  tc_put_u8 (packet, (uint8_t) fuzz_random (256));
  tc_put_u32 (packet, fuzz_random (8) == 0 ? fuzz_random (1u << 31) : 0);
  tc_put_u8 (packet, 0);
  tc_put_u8 (packet, size);
  for (; size > 0; size--)
    tc_put_u8 (packet, size);
}

static void
put_query (tc_buffer *packet)
{
  static const uint8_t types[] = { TC_DNS_A, TC_DNS_AAAA, TC_DNS_PTR, TC_DNS_ANY, 16, 33 };
  uint32_t records = fuzz_random (3) == 0 ? fuzz_random (3) : 0;
  uint8_t header[TC_DNS_HEADER] = { (uint8_t) fuzz_random (256), 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, (uint8_t) records };

  tc_put_raw (packet, header, sizeof (header));
  put_name (packet);
  tc_put_u8 (packet, 0);
  tc_put_u8 (packet, 0);
  tc_put_u8 (packet, types[fuzz_random (6)]);
  tc_put_u8 (packet, 0);
  tc_put_u8 (packet, fuzz_random (8) == 0 ? 3 : 1);
  for (; records > 0; records--)
    put_record (packet);
}

/* One in four stays whole. */
static void
damage (tc_buffer *input)
{
  for (uint32_t changes = fuzz_random (4); changes > 0 && input->size > 0; changes--)
    {
      size_t at = fuzz_random ((uint32_t) input->size);

      switch (fuzz_random (4))
        {
        case 0:
          input->data[at] = (uint8_t) fuzz_random (256);
          break;
        case 1:
          input->data[at] ^= (uint8_t) (1u << fuzz_random (8));
          break;
        case 2:
          input->size = at;
          break;
        default:
          memset (input->data + at, 0xff, input->size - at < 4 ? input->size - at : 4);
          break;
        }
    }
}

/* A copy of the exact size, so that a read past the end is seen. */
static tc_span
exact (const tc_buffer *input)
{
  uint8_t *copy = malloc (input->size + (input->size == 0));

  if (input->size > 0)
    memcpy (copy, input->data, input->size);
  return (tc_span){ copy, (uint32_t) input->size };
}

static void
follow_order (tc_table *table, tc_view *view)
{
  tc_auto_buffer input = { 0 };
  tc_span data;
  tc_order order;

  put_order (&input, fuzz_random (2) == 0 ? (uint32_t) TC_ORDER_NAME : fuzz_random (14) + 1);
  damage (&input);
  data = exact (&input);
  if (tc_order_read (data, &order) == 0)
    {
      (void) tc_order_change (&order, table);
      if (order.kind == TC_ORDER_CLIENT)
        {
          tc_view_free (view);
          (void) tc_order_view (&order, table, view);
        }
      tc_upstreams_release (order.upstreams);
    }
  free ((void *) (uintptr_t) data.data);
}

static void
check_reply (tc_span query, const uint8_t *reply, size_t size, size_t limit)
{
  CHECK (size >= TC_DNS_HEADER && size <= limit);
  CHECK (tc_dns_id (reply) == tc_dns_id (query.data));
  CHECK ((reply[2] & 0x80) != 0);
  /* Nobody gets a longer answer from this server for a query that it cannot read. */
  CHECK ((reply[3] & 15) == TC_CODE_NOERROR || (reply[3] & 15) == TC_CODE_NXDOMAIN || size <= query.size);
}

static void
ask (const tc_view *view, tc_turns *turns)
{
  static uint8_t reply[TC_DNS_TCP], hostile[TC_DNS_TCP];
  tc_auto_buffer input = { 0 };
  tc_span query;

  put_query (&input);
  damage (&input);
  query = exact (&input);
  for (int is_tcp = 0; is_tcp < 2; is_tcp++)
    {
      size_t size = 0;
      tc_answer_kind kind = tc_answer (view, turns, query, is_tcp != 0, reply, &size);

      if (kind == TC_ANSWER_REPLY || kind == TC_ANSWER_ABSENT)
        check_reply (query, reply, size, is_tcp != 0 ? TC_DNS_TCP : TC_DNS_UDP);
      if (kind == TC_ANSWER_REPLY && (reply[3] & 15) == 0)
        {
          tc_auto_buffer damaged = { 0 };
          tc_span copy;

          CHECK (tc_dns_is_reply (query.data, query.size, reply, size));
          tc_put_raw (&damaged, reply, size);
          damage (&damaged);
          copy = exact (&damaged);
          (void) tc_dns_is_reply (query.data, query.size, copy.data, copy.size);
          free ((void *) (uintptr_t) copy.data);
        }
      if (kind == TC_ANSWER_FORWARD)
        check_reply (query, hostile, tc_failure_write (query.data, query.size, TC_CODE_SERVFAIL, hostile), query.size);
    }
  free ((void *) (uintptr_t) query.data);
}

int
main (void)
{
  tc_table table = { 0 };
  tc_view view = { 0 };
  tc_turns turns = { 0 };

  for (uint32_t run = 0; run < FUZZ_RUNS; run++)
    {
      if (run % RUNS_OF_A_TABLE == 0)
        {
          tc_view_free (&view);
          tc_turns_free (&turns);
          tc_table_clear (&table);
          CHECK (tc_table_add_network (&table, 1, (tc_span){ (const uint8_t *) "\12shop_front", 11 }) == 0);
        }
      if (run % RUNS_OF_A_TABLE < RUNS_OF_A_TABLE / 2)
        follow_order (&table, &view);
      ask (&view, &turns);
    }
  tc_view_free (&view);
  tc_turns_free (&turns);
  tc_table_clear (&table);
  (void) printf ("%u inputs\n", FUZZ_RUNS);
  return 0;
}
