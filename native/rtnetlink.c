/* Runs as the keeper's user. The messages are the client's, whose user may send them itself. */
#include "rtnetlink.h"

#include "cleanup.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#define ANSWER_BYTES 65536
#define BUFFER_BYTES (8 << 20)

static void set_up_socket (int fd);
static void receive_all (int fd, tc_buffer *answers);

int
tc_rtnetlink_send (tc_span messages, tc_buffer *answers, tc_error *error)
{
  tc_auto_fd fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

  if (fd < 0)
    return tc_fail (error, errno, "socket", "rtnetlink");
  set_up_socket (fd);
  /* rtnetlink does its work in here, and has queued every answer when it returns. */
  if (send (fd, messages.data, messages.size, 0) < 0)
    return tc_fail (error, errno, "send", "rtnetlink");
  receive_all (fd, answers);
  return 0;
}

/* Each helps, and none is needed for a few messages. */
static void
set_up_socket (int fd)
{
  const int size = BUFFER_BYTES, on = 1;

  (void) setsockopt (fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof (size));
  (void) setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof (size));
  (void) setsockopt (fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof (on));
  (void) setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof (on));
}

static void
receive_all (int fd, tc_buffer *answers)
{
  static uint8_t datagram[ANSWER_BYTES];
  ssize_t received;

  while ((received = recv (fd, datagram, sizeof (datagram), MSG_DONTWAIT)) > 0)
    {
      tc_put_u32 (answers, (uint32_t) received);
      tc_put_raw (answers, datagram, (size_t) received);
    }
}
