/* The servers to which queries are forwarded. */
#ifndef TC_NAMES_UPSTREAMS_H
#define TC_NAMES_UPSTREAMS_H

#include "../endpoint.h"

/* It does not change, so a query that is under way keeps the one that it began with. */
typedef struct
{
  uint32_t references;
  uint32_t count;
  tc_endpoint endpoints[];
} tc_upstreams;

/* Reads u32 count, and for each u16 port, bytes address, u32 scope of IPv6. Returns NULL and sets `result` to -EPROTO or -ENOMEM, if
   it cannot. */
tc_upstreams *tc_upstreams_read (tc_reader *reader, int *result);
tc_upstreams *tc_upstreams_reference (tc_upstreams *upstreams);
/* Takes NULL too. */
void tc_upstreams_release (tc_upstreams *upstreams);

#endif
