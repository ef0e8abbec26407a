/* Which of several addresses of a name comes first in a reply to one container: each in its turn, for each family by itself, since
   clients ask for A and AAAA at once and would otherwise see the same one first each time. */
#ifndef TC_NAMES_TURNS_H
#define TC_NAMES_TURNS_H

#include <stdbool.h>
#include <stdint.h>

/* A power of two. */
#define TC_TURN_SETS 16u
#define TC_TURN_WAYS 4u

typedef struct
{
  uint32_t hash;
  uint32_t next[2];
  bool is_used;
} tc_turn;

typedef struct
{
  tc_turn turns[TC_TURN_SETS][TC_TURN_WAYS];
  uint8_t oldest[TC_TURN_SETS];
} tc_turn_sets;

/* Memory is taken when several addresses are asked for; it keeps as many names as there are turns. */
typedef struct
{
  tc_turn_sets *sets;
} tc_turns;

/* Returns the number of the address of `family`, 0 or 1, that comes first, of `count`, for the name with this hash. */
uint32_t tc_turns_first (tc_turns *turns, uint32_t hash, unsigned family, uint32_t count);
/* From now on the next one comes first. */
void tc_turns_end (tc_turns *turns, uint32_t hash, unsigned family);
void tc_turns_free (tc_turns *turns);

#endif
