#include "descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union
{
  struct cmsghdr header;
  uint8_t space[CMSG_SPACE (sizeof (int) * TC_MAX_DESCRIPTORS) + CMSG_SPACE (sizeof (struct ucred))];
} tc_control;

static void take_descriptors (const struct cmsghdr *header, int *fds, size_t *count);
static pid_t read_sender (const struct cmsghdr *header);

ssize_t
tc_send_descriptors (int socket, const void *data, size_t size, const int *fds, size_t count)
{
  /* sendmsg(2) does not write through the vector. */
  struct iovec vector = { .iov_base = (void *) (uintptr_t) data, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  tc_control control;
  ssize_t sent;

  if (count > 0)
    {
      memset (&control, 0, sizeof (control));
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (sizeof (int) * count);
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (sizeof (int) * count);
      memcpy (CMSG_DATA (&control.header), fds, sizeof (int) * count);
    }
  do
    sent = sendmsg (socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

ssize_t
tc_send_descriptor (int socket, const void *data, size_t size, int fd)
{
  return tc_send_descriptors (socket, data, size, &fd, 1);
}

ssize_t
tc_receive_descriptors (int socket, void *data, size_t size, int *fds, size_t *count)
{
  pid_t sender;

  return tc_receive_report (socket, data, size, fds, count, &sender);
}

ssize_t
tc_receive_report (int socket, void *data, size_t size, int *fds, size_t *count, pid_t *sender)
{
  struct iovec vector = { .iov_base = data, .iov_len = size };
  tc_control control;
  struct msghdr message = { .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof (control) };
  ssize_t received;

  *count = 0;
  *sender = 0;
  do
    received = recvmsg (socket, &message, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received < 0)
    return received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header != NULL;
       header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
      take_descriptors (header, fds, count);
    else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
      *sender = read_sender (header);
  return received;
}

/* Without credentials the control buffer holds a few descriptors more than TC_MAX_DESCRIPTORS. */
static void
take_descriptors (const struct cmsghdr *header, int *fds, size_t *count)
{
  size_t size = (header->cmsg_len - CMSG_LEN (0)) / sizeof (int);

  for (size_t index = 0; index < size; index++)
    {
      int fd;

      memcpy (&fd, CMSG_DATA (header) + index * sizeof (fd), sizeof (fd));
      if (*count < TC_MAX_DESCRIPTORS)
        fds[(*count)++] = fd;
      else
        (void) close (fd);
    }
}

static pid_t
read_sender (const struct cmsghdr *header)
{
  struct ucred peer;

  memcpy (&peer, CMSG_DATA (header), sizeof (peer));
  return peer.pid;
}
