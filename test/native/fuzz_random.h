/* Numbers that are the same in every run. */
#ifndef TC_FUZZ_RANDOM_H
#define TC_FUZZ_RANDOM_H

#include <stdint.h>

static uint64_t fuzz_state = 0x9e3779b97f4a7c15u;

static inline uint32_t
fuzz_random (uint32_t below)
{
  fuzz_state ^= fuzz_state << 13;
  fuzz_state ^= fuzz_state >> 7;
  fuzz_state ^= fuzz_state << 17;
  return below == 0 ? 0 : (uint32_t) (fuzz_state >> 32) % below;
}

#endif
