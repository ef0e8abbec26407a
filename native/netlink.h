/* Sockets to the kernel's netlink, and messages that a client has composed. */
#ifndef TC_NETLINK_H
#define TC_NETLINK_H

#include "error.h"
#include "wire.h"

#include <sys/types.h>

/* Returns a socket of the network that the caller is in, whose answers come without the request and in words; -errno. */
int tc_netlink_open (int protocol, tc_error *error);

/* Sends `messages` as one datagram. The kernel does their work in here: every answer is queued when it returns. Returns 0,
   or -errno if nothing was sent. */
int tc_netlink_send (int fd, tc_span messages, tc_error *error);

/* Returns how many bytes of the next answer are in `datagram`, 0 if there is none left, or -1 with errno set. */
ssize_t tc_netlink_receive (int fd, uint8_t *datagram, size_t size);

#endif
