#include "table.h"

#include "../cleanup.h"
#include "packet.h"

#include <errno.h>
#include <string.h>

#define FIRST_BUCKETS 8u
#define IPV4_SIZE 4u
#define IPV6_SIZE 16u

typedef enum
{
  ENTRY_NAME,
  ENTRY_POINTER,
} tc_entry_kind;

typedef struct tc_entry tc_entry;

struct tc_entry
{
  tc_entry *next;
  uint32_t hash;
  uint32_t first_size, second_size; /* IPv4 and IPv6 addresses, or the target and nothing */
  uint8_t kind, name_size;
  uint8_t bytes[]; /* the name, the first, the second */
};

struct tc_network
{
  tc_network *next;
  uint32_t id;
  tc_entry **buckets;
  uint32_t bucket_count, count; /* a power of two; of entries */
  uint32_t suffix_size;
  uint8_t suffix[];
};

static int set_entry (tc_network *network, tc_entry_kind kind, tc_span name, tc_span first, tc_span second);
static void forget_entry (tc_network *network, tc_entry_kind kind, tc_span name);
static tc_entry **link_of (const tc_network *network, tc_entry_kind kind, tc_span name, uint32_t hash);
static tc_entry *find_entry (const tc_network *network, tc_entry_kind kind, tc_span name, uint32_t hash);
static int make_room (tc_network *network);
static tc_known find_meant (const tc_view *view, tc_span name);
static void find_whole (const tc_view *view, tc_span name, tc_known *known);
static void find_suffixed (const tc_view *view, tc_span name, tc_known *known);
static bool ends_in (tc_span name, const tc_network *network, tc_span *rest);
static void find_pointer (const tc_view *view, tc_span name, tc_known *known);
static void merge (tc_known *known, const tc_entry *entry);
static tc_span first_of (const tc_entry *entry);
static tc_span second_of (const tc_entry *entry);
static bool is_same (tc_span one, tc_span other);

int
tc_table_add_network (tc_table *table, uint32_t id, tc_span suffix)
{
  tc_network *network;

  if (suffix.size > TC_DNS_NAME || tc_table_network (table, id) != NULL)
    return -EPROTO;
  network = calloc (1, sizeof (*network) + suffix.size);
  if (network == NULL)
    return -ENOMEM;
  network->id = id;
  network->suffix_size = suffix.size;
  if (suffix.size > 0)
    memcpy (network->suffix, suffix.data, suffix.size);
  network->next = table->first;
  table->first = network;
  return 0;
}

tc_network *
tc_table_network (const tc_table *table, uint32_t id)
{
  tc_network *network = table->first;

  while (network != NULL && network->id != id)
    network = network->next;
  return network;
}

int
tc_network_set_name (tc_network *network, tc_span name, tc_span ipv4, tc_span ipv6)
{
  if (ipv4.size % IPV4_SIZE != 0 || ipv6.size % IPV6_SIZE != 0)
    return -EPROTO;
  return set_entry (network, ENTRY_NAME, name, ipv4, ipv6);
}

int
tc_network_set_pointer (tc_network *network, tc_span name, tc_span target)
{
  if (target.size > TC_DNS_NAME + 1)
    return -EPROTO;
  return set_entry (network, ENTRY_POINTER, name, target, (tc_span){ NULL, 0 });
}

void
tc_network_forget_name (tc_network *network, tc_span name)
{
  forget_entry (network, ENTRY_NAME, name);
}

void
tc_network_forget_pointer (tc_network *network, tc_span name)
{
  forget_entry (network, ENTRY_POINTER, name);
}

void
tc_table_clear (tc_table *table)
{
  while (table->first != NULL)
    {
      tc_network *network = table->first;

      table->first = network->next;
      for (uint32_t index = 0; index < network->bucket_count; index++)
        while (network->buckets[index] != NULL)
          {
            tc_entry *entry = network->buckets[index];

            network->buckets[index] = entry->next;
            free (entry);
          }
      free (network->buckets);
      free (network);
    }
}

static int
set_entry (tc_network *network, tc_entry_kind kind, tc_span name, tc_span first, tc_span second)
{
  uint32_t hash = tc_name_hash (name);
  tc_entry *entry, **link;

  if (name.size == 0 || name.size > TC_DNS_NAME)
    return -EPROTO;
  if (make_room (network) < 0)
    return -ENOMEM;
  entry = malloc (sizeof (*entry) + name.size + first.size + second.size);
  if (entry == NULL)
    return -ENOMEM;
  *entry = (tc_entry){ .hash = hash,
                       .kind = (uint8_t) kind,
                       .name_size = (uint8_t) name.size,
                       .first_size = first.size,
                       .second_size = second.size };
  memcpy (entry->bytes, name.data, name.size);
  if (first.size > 0)
    memcpy (entry->bytes + name.size, first.data, first.size);
  if (second.size > 0)
    memcpy (entry->bytes + name.size + first.size, second.data, second.size);
  link = link_of (network, kind, name, hash);
  if (*link == NULL)
    network->count++;
  else
    {
      tc_entry *last = *link;

      entry->next = last->next;
      free (last);
    }
  *link = entry;
  return 0;
}

static void
forget_entry (tc_network *network, tc_entry_kind kind, tc_span name)
{
  tc_entry **link, *entry;

  if (network->bucket_count == 0)
    return;
  link = link_of (network, kind, name, tc_name_hash (name));
  entry = *link;
  if (entry == NULL)
    return;
  *link = entry->next;
  free (entry);
  network->count--;
}

/* Returns what points to the entry, or to where it would be. */
static tc_entry **
link_of (const tc_network *network, tc_entry_kind kind, tc_span name, uint32_t hash)
{
  tc_entry **link = &network->buckets[hash & (network->bucket_count - 1)];

  for (; *link != NULL; link = &(*link)->next)
    if ((*link)->hash == hash && (*link)->kind == (uint8_t) kind
        && is_same ((tc_span){ (*link)->bytes, (*link)->name_size }, name))
      break;
  return link;
}

static tc_entry *
find_entry (const tc_network *network, tc_entry_kind kind, tc_span name, uint32_t hash)
{
  return network->bucket_count == 0 ? NULL : *link_of (network, kind, name, hash);
}

/* For one entry more. */
static int
make_room (tc_network *network)
{
  uint32_t bucket_count = network->bucket_count == 0 ? FIRST_BUCKETS : network->bucket_count * 2;
  tc_entry **buckets;

  if (network->count < network->bucket_count)
    return 0;
  buckets = calloc (bucket_count, sizeof (*buckets));
  if (buckets == NULL)
    return -ENOMEM;
  for (uint32_t index = 0; index < network->bucket_count; index++)
    while (network->buckets[index] != NULL)
      {
        tc_entry *entry = network->buckets[index];
        tc_entry **bucket = &buckets[entry->hash & (bucket_count - 1)];

        network->buckets[index] = entry->next;
        entry->next = *bucket;
        *bucket = entry;
      }
  free (network->buckets);
  network->buckets = buckets;
  network->bucket_count = bucket_count;
  return 0;
}

tc_known
tc_view_find (const tc_view *view, tc_span name)
{
  for (uint32_t index = 0; index < view->link_count; index++)
    if (is_same (view->links[index].alias, name))
      {
        tc_known known = find_meant (view, view->links[index].meant);

        if (known.kind == TC_NAME_UNKNOWN)
          known.kind = TC_NAME_ABSENT;
        return known;
      }
  return find_meant (view, name);
}

static tc_known
find_meant (const tc_view *view, tc_span name)
{
  tc_known known = { .kind = TC_NAME_UNKNOWN };

  find_whole (view, name, &known);
  if (known.kind == TC_NAME_UNKNOWN)
    find_suffixed (view, name, &known);
  if (known.kind == TC_NAME_UNKNOWN)
    find_pointer (view, name, &known);
  return known;
}

static void
find_whole (const tc_view *view, tc_span name, tc_known *known)
{
  uint32_t hash = tc_name_hash (name);

  for (uint32_t index = 0; index < view->network_count; index++)
    merge (known, find_entry (view->networks[index], ENTRY_NAME, name, hash));
}

static void
find_suffixed (const tc_view *view, tc_span name, tc_known *known)
{
  for (uint32_t index = 0; index < view->network_count; index++)
    {
      const tc_network *network = view->networks[index];
      tc_span rest;

      if (ends_in (name, network, &rest))
        merge (known, find_entry (network, ENTRY_NAME, rest, tc_name_hash (rest)));
    }
}

/* Returns whether the last labels of `name` are the network's name; `rest` are those before. */
static bool
ends_in (tc_span name, const tc_network *network, tc_span *rest)
{
  uint32_t at = 0, start;

  if (network->suffix_size == 0 || network->suffix_size >= name.size)
    return false;
  start = name.size - network->suffix_size;
  if (memcmp (name.data + start, network->suffix, network->suffix_size) != 0)
    return false;
  while (at < start)
    at += name.data[at] + 1u;
  *rest = (tc_span){ name.data, start };
  return at == start;
}

/* The last network counts. */
static void
find_pointer (const tc_view *view, tc_span name, tc_known *known)
{
  uint32_t hash = tc_name_hash (name);

  for (uint32_t index = view->network_count; index > 0 && known->kind == TC_NAME_UNKNOWN; index--)
    {
      const tc_entry *entry = find_entry (view->networks[index - 1], ENTRY_POINTER, name, hash);

      if (entry != NULL)
        *known = (tc_known){ .kind = TC_NAME_ADDRESS, .target = first_of (entry) };
    }
}

static void
merge (tc_known *known, const tc_entry *entry)
{
  if (entry == NULL)
    return;
  if (known->ipv4.size == 0)
    known->ipv4 = first_of (entry);
  if (known->ipv6.size == 0)
    known->ipv6 = second_of (entry);
  known->kind = known->ipv4.size + known->ipv6.size == 0 ? TC_NAME_ABSENT : TC_NAME_HOST;
}

static tc_span
first_of (const tc_entry *entry)
{
  return (tc_span){ entry->bytes + entry->name_size, entry->first_size };
}

static tc_span
second_of (const tc_entry *entry)
{
  return (tc_span){ entry->bytes + entry->name_size + entry->first_size, entry->second_size };
}

static bool
is_same (tc_span one, tc_span other)
{
  return one.size == other.size && memcmp (one.data, other.data, one.size) == 0;
}

/* FNV-1a. The owner alone chooses names. */
uint32_t
tc_name_hash (tc_span name)
{
  uint32_t hash = 2166136261u;

  for (uint32_t index = 0; index < name.size; index++)
    hash = (hash ^ name.data[index]) * 16777619u;
  return hash;
}
