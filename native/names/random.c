#include "random.h"

#include <stdlib.h>
#include <sys/random.h>

/* Read ahead, since a query needs two bytes. getrandom(2) gives up to 256 bytes whole. */
uint32_t
tc_random (void)
{
  static uint32_t numbers[64];
  static unsigned left;

  if (left == 0)
    {
      if (getrandom (numbers, sizeof (numbers), 0) != (ssize_t) sizeof (numbers))
        abort ();
      left = sizeof (numbers) / sizeof (numbers[0]);
    }
  return numbers[--left];
}
