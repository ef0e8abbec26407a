/* Unit tests of the name server's pure parts. Ends with 0, or aborts at the line that fails. */
#include "names/answer.h"
#include "names/order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
  do                                                                                               \
    if (!(condition))                                                                              \
      {                                                                                            \
        (void) fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                    \
        exit (1);                                                                                  \
      }                                                                                            \
  while (0)

/* Room for some names at a time. */
static uint8_t names[64][256];
static unsigned taken;

/* Returns `text`, labels between dots, as it is sent, without the empty label. */
static tc_span
wire (const char *text)
{
  uint8_t *name = names[taken++ % 64], *length = name, *at = name + 1;

  for (; *text != '\0'; text++)
    if (*text == '.')
      {
        *length = (uint8_t) (at - length - 1);
        length = at++;
      }
    else
      *at++ = (uint8_t) *text;
  *length = (uint8_t) (at - length - 1);
  return (tc_span){ name, (uint32_t) (at - name) };
}

static tc_span
bytes (const char *data, size_t size)
{
  return (tc_span){ (const uint8_t *) data, (uint32_t) size };
}

static const tc_span none = { (const uint8_t *) "", 0 };

/* Two networks: web and db on front, web and its namesake of IPv6 on back. */
static void
fill (tc_table *table)
{
  tc_network *front, *back;

  CHECK (tc_table_add_network (table, 1, wire ("shop_front")) == 0);
  CHECK (tc_table_add_network (table, 2, wire ("shop_back")) == 0);
  front = tc_table_network (table, 1);
  back = tc_table_network (table, 2);
  CHECK (tc_network_set_name (front, wire ("web"), bytes ("\n\0\0\1\n\0\0\2", 8), none) == 0);
  CHECK (tc_network_set_name (front, wire ("gone"), none, none) == 0);
  CHECK (tc_network_set_name (back, wire ("web"), bytes ("\n\1\0\1", 4), bytes ("\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16)) == 0);
  CHECK (tc_network_set_name (back, wire ("db.shop_front"), bytes ("\n\1\0\7", 4), none) == 0);
  CHECK (tc_network_set_name (front, wire ("db"), bytes ("\n\0\0\7", 4), none) == 0);
  CHECK (tc_network_set_pointer (front, wire ("1.0.0.10.in-addr.arpa"), bytes ("\3web\12shop_front", 16)) == 0);
}

static tc_view
view_of (tc_table *table, const uint32_t *ids, uint32_t count)
{
  static tc_network *networks[4];

  for (uint32_t index = 0; index < count; index++)
    networks[index] = tc_table_network (table, ids[index]);
  return (tc_view){ .networks = networks, .network_count = count };
}

static bool
has_ipv4 (tc_known known, const char *address)
{
  return known.kind == TC_NAME_HOST && known.ipv4.size == 4 && memcmp (known.ipv4.data, address, 4) == 0;
}

static void
view_find_takes_the_first_network_for_each_family (void)
{
  tc_table table = { 0 };
  tc_view view;

  fill (&table);
  view = view_of (&table, (const uint32_t[]){ 1, 2 }, 2);
  CHECK (tc_view_find (&view, wire ("web")).ipv4.size == 8);
  CHECK (tc_view_find (&view, wire ("web")).ipv6.size == 16);
  view = view_of (&table, (const uint32_t[]){ 2, 1 }, 2);
  CHECK (has_ipv4 (tc_view_find (&view, wire ("web")), "\n\1\0\1"));
  view = view_of (&table, (const uint32_t[]){ 1 }, 1);
  CHECK (tc_view_find (&view, wire ("web")).ipv6.size == 0);
  CHECK (tc_view_find (&view, wire ("gone")).kind == TC_NAME_ABSENT);
  CHECK (tc_view_find (&view, wire ("other")).kind == TC_NAME_UNKNOWN);
  CHECK (tc_view_find (&view, none).kind == TC_NAME_UNKNOWN);
  tc_table_clear (&table);
}

static void
view_find_takes_a_whole_name_before_that_of_a_network (void)
{
  tc_table table = { 0 };
  tc_view view;

  fill (&table);
  view = view_of (&table, (const uint32_t[]){ 1, 2 }, 2);
  CHECK (has_ipv4 (tc_view_find (&view, wire ("db.shop_front")), "\n\1\0\7"));
  CHECK (has_ipv4 (tc_view_find (&view, wire ("web.shop_back")), "\n\1\0\1"));
  CHECK (tc_view_find (&view, wire ("gone.shop_front")).kind == TC_NAME_ABSENT);
  CHECK (tc_view_find (&view, wire ("shop_front")).kind == TC_NAME_UNKNOWN);
  view = view_of (&table, (const uint32_t[]){ 1 }, 1);
  CHECK (has_ipv4 (tc_view_find (&view, wire ("db.shop_front")), "\n\0\0\7"));
  CHECK (tc_view_find (&view, wire ("web.shop_back")).kind == TC_NAME_UNKNOWN);
  /* The bytes of the suffix, but not at the start of a label. */
  CHECK (tc_view_find (&view, bytes ("\17web\12shop_front", 16)).kind == TC_NAME_UNKNOWN);
  tc_table_clear (&table);
}

static void
view_find_hides_names_by_links (void)
{
  tc_table table = { 0 };
  tc_link links[] = { { wire ("web"), wire ("db") }, { wire ("old"), wire ("nobody") } };
  tc_view view;

  fill (&table);
  view = view_of (&table, (const uint32_t[]){ 1 }, 1);
  view.links = links;
  view.link_count = 2;
  CHECK (has_ipv4 (tc_view_find (&view, wire ("web")), "\n\0\0\7"));
  CHECK (tc_view_find (&view, wire ("old")).kind == TC_NAME_ABSENT);
  CHECK (has_ipv4 (tc_view_find (&view, wire ("db")), "\n\0\0\7"));
  tc_table_clear (&table);
}

static void
table_follows_changes (void)
{
  tc_table table = { 0 };
  tc_network *network;
  tc_view view;
  char name[16];

  fill (&table);
  network = tc_table_network (&table, 1);
  view = view_of (&table, (const uint32_t[]){ 1 }, 1);
  CHECK (tc_table_add_network (&table, 1, none) == -EPROTO);
  CHECK (tc_network_set_name (network, wire ("web"), bytes ("\n\0\0\3", 4), none) == 0);
  CHECK (has_ipv4 (tc_view_find (&view, wire ("web")), "\n\0\0\3"));
  CHECK (tc_view_find (&view, wire ("1.0.0.10.in-addr.arpa")).kind == TC_NAME_ADDRESS);
  tc_network_forget_pointer (network, wire ("1.0.0.10.in-addr.arpa"));
  tc_network_forget_pointer (network, wire ("web"));
  tc_network_forget_name (network, wire ("db"));
  tc_network_forget_name (network, wire ("never"));
  CHECK (tc_view_find (&view, wire ("1.0.0.10.in-addr.arpa")).kind == TC_NAME_UNKNOWN);
  CHECK (tc_view_find (&view, wire ("db")).kind == TC_NAME_UNKNOWN);
  for (unsigned index = 0; index < 2000; index++)
    {
      (void) snprintf (name, sizeof (name), "many-%u", index);
      CHECK (tc_network_set_name (network, wire (name), bytes ("\n\0\0\3", 4), none) == 0);
    }
  CHECK (has_ipv4 (tc_view_find (&view, wire ("many-0")), "\n\0\0\3"));
  CHECK (has_ipv4 (tc_view_find (&view, wire ("many-1999")), "\n\0\0\3"));
  CHECK (tc_network_set_name (network, wire ("odd"), bytes ("\n\0\0", 3), none) == -EPROTO);
  CHECK (tc_network_set_name (network, none, none, none) == -EPROTO);
  tc_table_clear (&table);
}

static void
turns_are_of_each_name_and_family (void)
{
  tc_turns turns = { 0 };
  uint32_t first = tc_turns_first (&turns, 7, 0, 3);

  tc_turns_end (&turns, 7, 1);
  tc_turns_end (&turns, 8, 0);
  CHECK (tc_turns_first (&turns, 7, 0, 3) == first);
  tc_turns_end (&turns, 7, 0);
  CHECK (tc_turns_first (&turns, 7, 0, 3) == (first + 1) % 3);
  tc_turns_end (&turns, 7, 1);
  tc_turns_end (&turns, 7, 0);
  CHECK (tc_turns_first (&turns, 7, 0, 3) == (first + 2) % 3);
  /* Fewer than before. */
  CHECK (tc_turns_first (&turns, 7, 0, 2) < 2);
  for (uint32_t hash = 0; hash < 1000; hash++)
    CHECK (tc_turns_first (&turns, hash, 0, 5) < 5);
  tc_turns_free (&turns);
}

#define QUERY "\x12\x34\1\0\0\1\0\0\0\0\0\0\3WeB\0\0\1\0\1"

static void
question_is_read_strictly (void)
{
  static const struct
  {
    const char *packet;
    size_t size;
    tc_query_fault fault;
  } cases[] = {
    { QUERY, 21, TC_QUERY_GOOD },
    { QUERY, 20, TC_QUERY_FORMERR },
    { QUERY, 11, TC_QUERY_NONE },
    { "", 0, TC_QUERY_NONE },
    { "\0\1\x81\0\0\1\0\0\0\0\0\0\3web\0\0\1\0\1", 21, TC_QUERY_NONE },
    { "\0\1\x10\0\0\1\0\0\0\0\0\0\3web\0\0\1\0\1", 21, TC_QUERY_NOTIMP },
    { "\0\1\1\0\0\0\0\0\0\0\0\0", 12, TC_QUERY_FORMERR },
    { "\0\1\1\0\0\2\0\0\0\0\0\0\3web\0\0\1\0\1\1b\0\0\1\0\1", 28, TC_QUERY_FORMERR },
    { "\0\1\1\0\0\1\0\1\0\0\0\0\3web\0\0\1\0\1", 21, TC_QUERY_FORMERR },
    { "\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1", 18, TC_QUERY_FORMERR },
    { "\0\1\1\0\0\1\0\0\0\0\0\0\x40web\0\0\1\0\1", 21, TC_QUERY_FORMERR },
    { "\0\1\1\0\0\1\0\0\0\0\0\0\0\0\1\0\1", 17, TC_QUERY_GOOD },
  };
  tc_question question;

  for (size_t index = 0; index < sizeof (cases) / sizeof (cases[0]); index++)
    CHECK (tc_question_read ((const uint8_t *) cases[index].packet, cases[index].size, &question) == cases[index].fault);
  CHECK (tc_question_read ((const uint8_t *) QUERY, 21, &question) == TC_QUERY_GOOD);
  CHECK (question.name_size == 4 && memcmp (question.name, "\3web", 4) == 0 && question.end == 21);
  CHECK (question.type == TC_DNS_A && question.class == TC_DNS_IN && !question.has_edns);
}

static void
question_knows_edns (void)
{
  static const char packet[] = "\0\1\1\0\0\1\0\0\0\0\0\1\3web\0\0\1\0\1\0\0\x29\x04\xd0\0\1\0\0\0\0";
  tc_question question;

  CHECK (tc_question_read ((const uint8_t *) packet, 32, &question) == TC_QUERY_GOOD);
  CHECK (question.has_edns && question.payload_size == 1232 && question.edns_version == 1);
  CHECK (tc_question_read ((const uint8_t *) packet, 31, &question) == TC_QUERY_FORMERR);
}

/* Returns the number of the first of 50 addresses that a reply about "crowd" has, the last byte of each. */
static uint32_t
first_told (const tc_view *view, tc_turns *turns, bool is_tcp, bool *is_cut)
{
  static const uint8_t query[] = "\0\1\1\0\0\1\0\0\0\0\0\0\5crowd\0\0\1\0\1";
  static uint8_t reply[TC_DNS_TCP];
  size_t size;

  CHECK (tc_answer (view, turns, bytes ((const char *) query, sizeof (query) - 1), is_tcp, reply, &size) == TC_ANSWER_REPLY);
  *is_cut = tc_dns_is_cut (reply);
  CHECK (size >= sizeof (query) - 1 + 16);
  return reply[sizeof (query) - 1 + 15];
}

static void
a_reply_that_is_cut_takes_no_turn (void)
{
  tc_table table = { 0 };
  tc_turns turns = { 0 };
  tc_view view;
  uint8_t addresses[50 * 4] = { 0 };
  bool is_cut;
  uint32_t first;

  for (unsigned index = 0; index < 50; index++)
    {
      addresses[index * 4] = 10;
      addresses[index * 4 + 3] = (uint8_t) index;
    }
  CHECK (tc_table_add_network (&table, 1, wire ("shop_front")) == 0);
  CHECK (tc_network_set_name (tc_table_network (&table, 1), wire ("crowd"),
                              bytes ((const char *) addresses, sizeof (addresses)), none)
         == 0);
  view = view_of (&table, (const uint32_t[]){ 1 }, 1);
  first = first_told (&view, &turns, false, &is_cut);
  CHECK (is_cut);
  for (uint32_t round = 0; round < 3; round++)
    {
      CHECK (first_told (&view, &turns, false, &is_cut) == (first + round) % 50);
      CHECK (first_told (&view, &turns, true, &is_cut) == (first + round) % 50);
      CHECK (!is_cut);
    }
  tc_turns_free (&turns);
  tc_table_clear (&table);
}

static void
reply_is_of_its_query_only (void)
{
  const uint8_t *query = (const uint8_t *) QUERY;
  uint8_t reply[21];

  memcpy (reply, query, 21);
  CHECK (!tc_dns_is_reply (query, 21, reply, 21));
  reply[2] |= 0x80;
  CHECK (tc_dns_is_reply (query, 21, reply, 21));
  CHECK (!tc_dns_is_reply (query, 21, reply, 20));
  reply[13] = 'w';
  CHECK (tc_dns_is_reply (query, 21, reply, 21));
  reply[13] = 'x';
  CHECK (!tc_dns_is_reply (query, 21, reply, 21));
  reply[13] = 'w';
  reply[0] ^= 1;
  CHECK (!tc_dns_is_reply (query, 21, reply, 21));
  reply[0] ^= 1;
  reply[5] = 0;
  CHECK (!tc_dns_is_reply (query, 21, reply, 12));
  reply[3] = TC_CODE_REFUSED;
  CHECK (tc_dns_is_reply (query, 21, reply, 12));
  CHECK (tc_dns_is_trouble (reply));
}

static void
order_read_takes_nothing_that_is_not_whole (void)
{
  tc_auto_buffer data = { 0 };
  tc_order order;

  tc_put_u32 (&data, TC_ORDER_CLIENT);
  tc_put_u32 (&data, 7);
  tc_put_u32 (&data, TC_CLIENT_FORWARDS);
  tc_put_u32 (&data, 1);
  tc_put_u32 (&data, 1);
  tc_put_u32 (&data, 1);
  tc_put_text (&data, "\1a");
  tc_put_text (&data, "\1b");
  tc_put_u32 (&data, 1);
  tc_put_u16 (&data, 53);
  tc_put_text (&data, "0123");
  tc_put_u32 (&data, 0);
  for (uint32_t size = 0; size < data.size; size++)
    CHECK (tc_order_read ((tc_span){ data.data, size }, &order) == -EPROTO);
  CHECK (tc_order_read ((tc_span){ data.data, (uint32_t) data.size }, &order) == 0);
  CHECK (order.id == 7 && order.network_count == 1 && order.link_count == 1 && order.upstreams->count == 1);
  CHECK (order.upstreams->endpoints[0].inet.sin_family == AF_INET);
  {
    tc_table table = { 0 };
    tc_view view;

    CHECK (tc_order_view (&order, &table, &view) == -EPROTO);
    CHECK (tc_table_add_network (&table, 1, none) == 0);
    CHECK (tc_order_view (&order, &table, &view) == 0);
    CHECK (view.network_count == 1 && view.link_count == 1 && view.links[0].meant.data[1] == 'b');
    tc_view_free (&view);
    tc_table_clear (&table);
  }
  tc_upstreams_release (order.upstreams);
}

int
main (void)
{
  view_find_takes_the_first_network_for_each_family ();
  view_find_takes_a_whole_name_before_that_of_a_network ();
  view_find_hides_names_by_links ();
  table_follows_changes ();
  turns_are_of_each_name_and_family ();
  a_reply_that_is_cut_takes_no_turn ();
  question_is_read_strictly ();
  question_knows_edns ();
  reply_is_of_its_query_only ();
  order_read_takes_nothing_that_is_not_whole ();
  return 0;
}
