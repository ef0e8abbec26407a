/* Addresses with ports, as connect(2) takes them. */
#ifndef TC_ENDPOINT_H
#define TC_ENDPOINT_H

#include "wire.h"

#include <netinet/in.h>
#include <sys/socket.h>

typedef union
{
  struct sockaddr any;
  struct sockaddr_in inet;
  struct sockaddr_in6 inet6;
} tc_endpoint;

/* Reads u16 port, and bytes address, 4 or 16. Returns 0 or -EPROTO. */
int tc_endpoint_read (tc_reader *reader, tc_endpoint *endpoint);

socklen_t tc_endpoint_size (const tc_endpoint *endpoint);

#endif
