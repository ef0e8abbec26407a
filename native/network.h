/* A container's own network, made by the keeper's child: its namespace, interfaces and sockets. Messages of netlink
   are made by the client and sent as they are. Each returns 0, or -errno with `error` filled. */
#ifndef TC_NETWORK_H
#define TC_NETWORK_H

#include "launch.h"

/* Joins the network that the keeper holds, or makes one and reports its namespace. Messages name it by TC_NETWORK_FD. */
int tc_make_network (tc_launch *launch, tc_error *error);

/* Sends the operation's messages in one datagram, outside or in the own network, with the index of each interface
   written to its place. Fails with the first answer that is an error and not the tolerated one. */
int tc_send_netlink (const tc_operation *op, const tc_launch *launch, tc_error *error);

/* Writes an IPv6 setting of the keeper's network; ENOENT where the kernel has no IPv6. */
int tc_write_outside (const tc_operation *op, const tc_launch *launch, tc_error *error);

/* Binds a socket in the own network and reports it. */
int tc_hold_socket (const tc_operation *op, const tc_launch *launch, tc_error *error);

#endif
