#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

int
tc_endpoint_read (tc_reader *reader, tc_endpoint *endpoint)
{
  uint16_t port = tc_read_u16 (reader);
  tc_span address = tc_read_bytes (reader);

  *endpoint = (tc_endpoint){ .inet6 = { 0 } };
  if (address.size == sizeof (struct in_addr))
    {
      endpoint->inet.sin_family = AF_INET;
      endpoint->inet.sin_port = htons (port);
      memcpy (&endpoint->inet.sin_addr, address.data, address.size);
      return 0;
    }
  if (address.size != sizeof (struct in6_addr))
    return -EPROTO;
  endpoint->inet6.sin6_family = AF_INET6;
  endpoint->inet6.sin6_port = htons (port);
  memcpy (&endpoint->inet6.sin6_addr, address.data, address.size);
  return 0;
}

socklen_t
tc_endpoint_size (const tc_endpoint *endpoint)
{
  return endpoint->any.sa_family == AF_INET ? sizeof (endpoint->inet) : sizeof (endpoint->inet6);
}
