/* Runs as the keeper's user. The messages are the client's, whose user may send them itself. */
#include "rtnetlink.h"

#include "cleanup.h"
#include "netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#define ANSWER_BYTES 65536
#define BUFFER_BYTES (8 << 20)

static void widen_buffers (int fd);
static void receive_all (int fd, tc_buffer *answers);

int
tc_rtnetlink_send (tc_span messages, tc_buffer *answers, tc_error *error)
{
  tc_auto_fd fd = tc_netlink_open (NETLINK_ROUTE, error);

  if (fd < 0)
    return fd;
  widen_buffers (fd);
  if (tc_netlink_send (fd, messages, error) < 0)
    return -error->err;
  receive_all (fd, answers);
  return 0;
}

/* A few messages need no more than there is. */
static void
widen_buffers (int fd)
{
  const int size = BUFFER_BYTES;

  (void) setsockopt (fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof (size));
  (void) setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof (size));
}

static void
receive_all (int fd, tc_buffer *answers)
{
  static uint8_t datagram[ANSWER_BYTES];
  ssize_t received;

  while ((received = tc_netlink_receive (fd, datagram, sizeof (datagram))) > 0)
    {
      tc_put_u32 (answers, (uint32_t) received);
      tc_put_raw (answers, datagram, (size_t) received);
    }
}
