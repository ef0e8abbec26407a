/* The two clocks that the keeper reads. */
#ifndef TC_CLOCK_H
#define TC_CLOCK_H

#include <stdint.h>

uint64_t tc_monotonic_ms (void);
/* ns since the epoch. */
uint64_t tc_real_time (void);

#endif
