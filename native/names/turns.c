#include "turns.h"

#include "random.h"

#include <stdlib.h>

static tc_turn *turn_of (tc_turn_sets *sets, uint32_t hash);

uint32_t
tc_turns_first (tc_turns *turns, uint32_t hash, unsigned family, uint32_t count)
{
  if (turns->sets == NULL)
    turns->sets = calloc (1, sizeof (*turns->sets));
  if (turns->sets == NULL)
    return tc_random () % count;
  return turn_of (turns->sets, hash)->next[family] % count;
}

void
tc_turns_end (tc_turns *turns, uint32_t hash, unsigned family)
{
  if (turns->sets != NULL)
    turn_of (turns->sets, hash)->next[family]++;
}

/* One that is not known yet takes the place of that which came first, and begins anywhere. */
static tc_turn *
turn_of (tc_turn_sets *sets, uint32_t hash)
{
  uint32_t index = hash & (TC_TURN_SETS - 1);
  tc_turn *set = sets->turns[index];
  tc_turn *taken;

  for (unsigned way = 0; way < TC_TURN_WAYS; way++)
    if (set[way].is_used && set[way].hash == hash)
      return &set[way];
  taken = &set[sets->oldest[index]];
  sets->oldest[index] = (uint8_t) ((sets->oldest[index] + 1u) % TC_TURN_WAYS);
  *taken = (tc_turn){ .hash = hash, .is_used = true, .next = { tc_random (), tc_random () } };
  return taken;
}

void
tc_turns_free (tc_turns *turns)
{
  free (turns->sets);
  turns->sets = NULL;
}
