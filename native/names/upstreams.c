#include "upstreams.h"

#include <errno.h>
#include <stdlib.h>

/* Of one list: more cannot be asked in the time that a client waits. */
#define MOST_UPSTREAMS 256u

tc_upstreams *
tc_upstreams_read (tc_reader *reader, int *result)
{
  uint32_t count = tc_read_u32 (reader);
  tc_upstreams *upstreams;

  *result = -EPROTO;
  if (reader->bad || count > MOST_UPSTREAMS)
    return NULL;
  upstreams = calloc (1, sizeof (*upstreams) + count * sizeof (tc_endpoint));
  if (upstreams == NULL)
    {
      *result = -ENOMEM;
      return NULL;
    }
  upstreams->references = 1;
  upstreams->count = count;
  for (uint32_t index = 0; index < count; index++)
    {
      tc_endpoint *endpoint = &upstreams->endpoints[index];
      int read = tc_endpoint_read (reader, endpoint);
      uint32_t scope = tc_read_u32 (reader);

      if (read < 0 || reader->bad)
        {
          free (upstreams);
          return NULL;
        }
      if (endpoint->any.sa_family == AF_INET6)
        endpoint->inet6.sin6_scope_id = scope;
    }
  *result = 0;
  return upstreams;
}

tc_upstreams *
tc_upstreams_reference (tc_upstreams *upstreams)
{
  if (upstreams != NULL)
    upstreams->references++;
  return upstreams;
}

void
tc_upstreams_release (tc_upstreams *upstreams)
{
  if (upstreams != NULL && --upstreams->references == 0)
    free (upstreams);
}
