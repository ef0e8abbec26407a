/* Owners that release what they hold when they go out of scope. */
#ifndef TC_CLEANUP_H
#define TC_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void
tc_close_fd (int *fd)
{
  if (*fd >= 0)
    (void) close (*fd);
  *fd = -1;
}

/* Hands a descriptor over: the caller owns the result, the variable holds none. */
static inline int
tc_steal_fd (int *fd)
{
  int stolen = *fd;

  *fd = -1;
  return stolen;
}

static inline void
tc_free_pointer (void *pointer)
{
  void **owned = pointer;

  free (*owned);
}

/* A descriptor that closes itself; start it at -1. */
#define tc_auto_fd __attribute__ ((cleanup (tc_close_fd))) int
/* Memory that frees itself; start it at NULL. */
#define tc_auto_free __attribute__ ((cleanup (tc_free_pointer)))

#endif
