/* Runs in the keeper's child with the keeper's rights, before anything of the image is there. */
#include "network.h"

#include "cleanup.h"
#include "descriptors.h"
#include "held.h"
#include "netlink.h"
#include "owner_map.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdalign.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static int open_outside (tc_launch *launch, tc_error *error);
static int enter_network (const tc_launch *launch, tc_error *error);
static int keep_namespace (tc_launch *launch, tc_error *error);
static int write_indexes (const tc_operation *op, int fd, tc_error *error);
static int read_answers (int fd, int tolerated, tc_error *error);
static int read_datagram (const uint8_t *datagram, size_t size, int tolerated, tc_error *error);
static const char *words_of (const struct nlmsghdr *message);
static int report (const tc_launch *launch, tc_report_kind kind, tc_span name, int fd);

int
tc_make_network (tc_launch *launch, tc_error *error)
{
  if (launch->network_fd >= 0)
    {
      launch->has_old_network = true;
      return setns (launch->network_fd, CLONE_NEWNET) < 0 ? tc_fail (error, errno, "setns", "network")
                                                         : 0;
    }
  /* Keeps the number free until the namespace has it. */
  launch->network_fd = dup3 (launch->report_fd, TC_NETWORK_FD, O_CLOEXEC);
  if (launch->network_fd < 0)
    return tc_fail (error, errno, "dup3", "network");
  if (open_outside (launch, error) < 0)
    return -error->err;
  if (enter_network (launch, error) < 0)
    return -error->err;
  return keep_namespace (launch, error);
}

static int
enter_network (const tc_launch *launch, tc_error *error)
{
  tc_auto_fd owned = -1;

  if (launch->owner_maps[0] == NULL)
    return unshare (CLONE_NEWNET) < 0 ? tc_fail (error, errno, "unshare", "network") : 0;
  owned = tc_open_owned_network (launch->owner_maps[0], launch->owner_maps[1], error);
  if (owned < 0)
    return owned;
  return setns (owned, CLONE_NEWNET) < 0 ? tc_fail (error, errno, "setns", "network") : 0;
}

/* A socket, and a folder of settings, belong to the network in which they were opened. */
static int
open_outside (tc_launch *launch, tc_error *error)
{
  launch->outside_fd = tc_netlink_open (NETLINK_ROUTE, error);
  launch->settings_fd = open ("/proc/sys/net/ipv6/conf", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return launch->outside_fd < 0 ? -error->err : 0;
}

static int
keep_namespace (tc_launch *launch, tc_error *error)
{
  tc_auto_fd fd = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return tc_fail (error, errno, "open", "network");
  if (dup3 (fd, TC_NETWORK_FD, O_CLOEXEC) < 0)
    return tc_fail (error, errno, "dup3", "network");
  if (report (launch, TC_REPORT_NETWORK, (tc_span){ NULL, 0 }, launch->network_fd) < 0)
    return tc_fail (error, errno, "sendmsg", "network");
  return 0;
}

int
tc_send_netlink (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  bool is_outside = op->number[0] != 0;
  tc_auto_fd own = is_outside ? -1 : tc_netlink_open ((int) op->number[1], error);
  int fd = is_outside ? launch->outside_fd : own;

  if (fd < 0)
    return is_outside ? tc_fail (error, EBADF, "netlink", "outside") : -error->err;
  if (write_indexes (op, fd, error) < 0 || tc_netlink_send (fd, op->bytes, error) < 0)
    return -error->err;
  return read_answers (fd, (int) op->number[2], error);
}

/* The child's memory is its own, so the messages are changed where they lie. */
static int
write_indexes (const tc_operation *op, int fd, tc_error *error)
{
  for (size_t index = 0; index < op->group_count; index++)
    {
      const char *name = op->list[0][index];
      struct ifreq request = { 0 };
      uint8_t *place = (uint8_t *) (uintptr_t) op->bytes.data + op->groups[index];

      memcpy (request.ifr_name, name, strnlen (name, sizeof (request.ifr_name) - 1));
      if (ioctl (fd, SIOCGIFINDEX, &request) < 0)
        return tc_fail (error, errno, "find interface", name);
      memcpy (place, &request.ifr_ifindex, sizeof (uint32_t));
    }
  return 0;
}

static int
read_answers (int fd, int tolerated, tc_error *error)
{
  bool is_answered = false;

  for (;;)
    {
      alignas (struct nlmsghdr) uint8_t datagram[4096];
      ssize_t size = tc_netlink_receive (fd, datagram, sizeof (datagram));

      if (size < 0)
        return tc_fail (error, errno, "recv", "netlink");
      if (size == 0)
        return is_answered ? 0 : tc_fail (error, EPROTO, "netlink", "no answer");
      if (read_datagram (datagram, (size_t) size, tolerated, error) < 0)
        return -error->err;
      is_answered = true;
    }
}

static int
read_datagram (const uint8_t *datagram, size_t size, int tolerated, tc_error *error)
{
  size_t left = size;

  for (const struct nlmsghdr *message = (const void *) datagram; NLMSG_OK (message, left);
       message = NLMSG_NEXT (message, left))
    {
      const struct nlmsgerr *result = NLMSG_DATA (message);

      if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_len < NLMSG_LENGTH (sizeof (*result)))
        continue;
      if (result->error < 0 && -result->error != tolerated)
        return tc_fail (error, -result->error, "netlink", words_of (message));
    }
  return 0;
}

/* The kernel's words for an error, the first attribute behind it; NULL if it has none. */
static const char *
words_of (const struct nlmsghdr *message)
{
  const size_t at = NLMSG_LENGTH (sizeof (struct nlmsgerr));
  const struct nlattr *words = (const void *) ((const uint8_t *) message + at);

  if ((message->nlmsg_flags & (NLM_F_CAPPED | NLM_F_ACK_TLVS)) != (NLM_F_CAPPED | NLM_F_ACK_TLVS)
      || message->nlmsg_len < at + sizeof (*words) || words->nla_len > message->nlmsg_len - at
      || words->nla_len <= sizeof (*words) || words->nla_type != NLMSGERR_ATTR_MSG
      || ((const char *) words)[words->nla_len - 1] != '\0')
    return NULL;
  return (const char *) (words + 1);
}

int
tc_write_outside (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  tc_auto_fd fd = -1;
  ssize_t written;

  if (launch->settings_fd < 0)
    return tc_fail (error, ENOENT, "open", op->text[0]);
  fd = openat (launch->settings_fd, op->text[0], O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return tc_fail (error, errno, "open", op->text[0]);
  do
    written = write (fd, op->bytes.data, op->bytes.size);
  while (written < 0 && errno == EINTR);
  return written < 0 ? tc_fail (error, errno, "write", op->text[0]) : 0;
}

int
tc_hold_socket (const tc_operation *op, const tc_launch *launch, tc_error *error)
{
  tc_hold_request request;
  tc_auto_fd fd = -1;

  if (tc_read_hold_request (op->bytes, &request) < 0)
    return tc_fail (error, EPROTO, "hold", NULL);
  fd = tc_open_bound (&request, error);
  if (fd < 0)
    return fd;
  return report (launch, TC_REPORT_SOCKET, request.name, fd) < 0
             ? tc_fail (error, errno, "sendmsg", "socket")
             : 0;
}

static int
report (const tc_launch *launch, tc_report_kind kind, tc_span name, int fd)
{
  tc_report report = { .kind = kind };

  if (name.size > 0)
    memcpy (report.path, name.data, name.size);
  return tc_send_descriptor (launch->report_fd, &report, sizeof (report), fd) < 0 ? -1 : 0;
}
