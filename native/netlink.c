#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

int
tc_netlink_open (int protocol, tc_error *error)
{
  const int on = 1;
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

  if (fd < 0)
    return tc_fail (error, errno, "socket", "netlink");
  /* Each helps and none is needed. */
  (void) setsockopt (fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof (on));
  (void) setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof (on));
  return fd;
}

int
tc_netlink_send (int fd, tc_span messages, tc_error *error)
{
  ssize_t sent;

  do
    sent = send (fd, messages.data, messages.size, 0);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? tc_fail (error, errno, "send", "netlink") : 0;
}

ssize_t
tc_netlink_receive (int fd, uint8_t *datagram, size_t size)
{
  ssize_t received;

  do
    received = recv (fd, datagram, size, MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  return received < 0 && errno == EAGAIN ? 0 : received;
}
