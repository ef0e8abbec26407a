#include "descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

typedef union
{
  struct cmsghdr header;
  uint8_t space[CMSG_SPACE (sizeof (int) * TC_MAX_DESCRIPTORS)];
} tc_control;

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
  struct iovec vector = { .iov_base = data, .iov_len = size };
  tc_control control;
  struct msghdr message = { .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof (control) };
  ssize_t received;

  *count = 0;
  do
    received = recvmsg (socket, &message, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received < 0)
    return received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header != NULL;
       header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
      {
        size_t bytes = header->cmsg_len - CMSG_LEN (0);

        memcpy (fds + *count, CMSG_DATA (header), bytes);
        *count += bytes / sizeof (int);
      }
  return received;
}
