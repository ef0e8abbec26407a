/* Numbers that nobody can guess. */
#ifndef TC_NAMES_RANDOM_H
#define TC_NAMES_RANDOM_H

#include <stdint.h>

uint32_t tc_random (void);

#endif
