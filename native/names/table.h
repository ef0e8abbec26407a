/* What names are: told by the owner, network by network. A container asks by a view: its networks, in the order in which they
   count, and names that it alone has for others. Names are those of tc_question. */
#ifndef TC_NAMES_TABLE_H
#define TC_NAMES_TABLE_H

#include "../wire.h"

typedef struct tc_network tc_network;

typedef struct
{
  tc_network *first;
} tc_table;

/* Each returns 0, -ENOMEM or -EPROTO, as does the first for a network that is known already. */
int tc_table_add_network (tc_table *table, uint32_t id, tc_span suffix);
tc_network *tc_table_network (const tc_table *table, uint32_t id);
/* A name with addresses, 4 and 16 bytes each; one without any is that of containers of which none runs. */
int tc_network_set_name (tc_network *network, tc_span name, tc_span ipv4, tc_span ipv6);
/* The reverse name of an address with the name that it leads to, as it is sent; an empty one if that cannot be sent. */
int tc_network_set_pointer (tc_network *network, tc_span name, tc_span target);
void tc_network_forget_name (tc_network *network, tc_span name);
void tc_network_forget_pointer (tc_network *network, tc_span name);
void tc_table_clear (tc_table *table);

/* Names with folded case; both belong to the view's memory. */
typedef struct
{
  tc_span alias, meant;
} tc_link;

typedef struct
{
  tc_network **networks;
  uint32_t network_count;
  tc_link *links;
  uint32_t link_count;
} tc_view;

typedef enum
{
  TC_NAME_UNKNOWN,
  /* Of containers of which none runs. */
  TC_NAME_ABSENT,
  TC_NAME_HOST,
  TC_NAME_ADDRESS,
} tc_name_kind;

/* What a name is to one who asks; valid until the table changes. */
typedef struct
{
  tc_name_kind kind;
  tc_span ipv4, ipv6, target;
} tc_known;

/* A name on an earlier network hides that on a later one, for each family by itself; behind all of these come the same names with
   the network's name. An alias of a link hides every other name that is alike. */
tc_known tc_view_find (const tc_view *view, tc_span name);

uint32_t tc_name_hash (tc_span name);

#endif
