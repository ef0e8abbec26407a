/* Runs as the keeper's user. A network namespace is entered to open and bind a socket, for nothing else, and
   a keeper that cannot return to its own aborts. */
#include "held.h"

#include "cleanup.h"
#include "memory_file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

typedef union
{
  struct sockaddr any;
  struct sockaddr_in inet;
  struct sockaddr_in6 inet6;
} tc_address;

static int add (tc_held_list *list, const tc_held *held, tc_span name, tc_error *error);
static tc_held *find (const tc_held_list *list, tc_span name);
static int put_in_wake_set (const tc_held_list *list, int fd, tc_error *error);
static void forget (const tc_held_list *list, tc_held **link);
static void close_held (const tc_held_list *list, tc_held *held);
static int open_in_namespace (const tc_held_list *list, const tc_hold_request *request,
                              const char *netns, tc_error *error);
static socklen_t fill_address (const tc_hold_request *request, tc_address *address);
static int port_of (int fd);

int
tc_held_add (tc_held_list *list, const tc_hold_request *request, tc_error *error)
{
  tc_auto_free char *netns = tc_span_copy (request->netns);
  tc_auto_fd fd = -1;
  int port, result;

  if (netns == NULL)
    return tc_fail (error, ENOMEM, "hold", NULL);
  if (find (list, request->name) != NULL)
    return tc_fail (error, EEXIST, "hold", NULL);
  fd = open_in_namespace (list, request, netns, error);
  if (fd < 0)
    return fd;
  port = port_of (fd);
  result = add (list, &(tc_held){ .fd = fd, .port = (uint16_t) port }, request->name, error);
  if (result < 0)
    return result;
  (void) tc_steal_fd (&fd);
  return port;
}

/* Puts a copy of `held` with the name `name` on the list, which owns its descriptor then. */
static int
add (tc_held_list *list, const tc_held *held, tc_span name, tc_error *error)
{
  tc_auto_free char *copied = tc_span_copy (name);
  tc_held *added = copied == NULL ? NULL : malloc (sizeof (*added));

  if (added == NULL)
    return tc_fail (error, ENOMEM, "hold", NULL);
  *added = *held;
  added->name = copied;
  added->next = list->first;
  list->first = added;
  copied = NULL;
  return 0;
}

int
tc_held_keep (tc_held_list *list, const tc_keep_request *request, tc_error *error)
{
  const tc_held *kept = find (list, request->name);
  bool appends = (request->flags & TC_KEEP_APPEND) != 0;
  tc_auto_fd fd = -1;
  int result;

  if (kept != NULL && kept->kind != TC_HELD_FILE)
    return tc_fail (error, EEXIST, "keep", NULL);
  if (kept != NULL)
    return tc_memory_file_write (kept->fd, request->content, appends, error);
  fd = tc_memory_file_open (error);
  if (fd < 0)
    return fd;
  result = tc_memory_file_write (fd, request->content, appends, error);
  if (result == 0)
    result = add (list, &(tc_held){ .fd = fd, .kind = TC_HELD_FILE }, request->name, error);
  if (result == 0)
    (void) tc_steal_fd (&fd);
  return result;
}

int
tc_held_adopt (tc_held_list *list, tc_span name, tc_held_kind kind, int *fd, tc_error *error)
{
  tc_held held = { .fd = *fd, .kind = kind };

  if (find (list, name) != NULL)
    return tc_fail (error, EEXIST, "hold", NULL);
  if (kind == TC_HELD_SOCKET)
    held.port = (uint16_t) port_of (*fd);
  if (add (list, &held, name, error) < 0)
    return -error->err;
  (void) tc_steal_fd (fd);
  return 0;
}

int
tc_held_entrust (tc_held_list *list, const tc_entrust_request *request, int *fd, tc_error *error)
{
  const tc_held held
      = { .fd = *fd, .kind = TC_HELD_ENTRUSTED, .wakes = (request->flags & TC_ENTRUST_WAKES) != 0 };
  const tc_held *replaced = find (list, request->name);

  if (replaced != NULL && replaced->kind != TC_HELD_ENTRUSTED)
    return tc_fail (error, EEXIST, "entrust", NULL);
  if (held.wakes && put_in_wake_set (list, *fd, error) < 0)
    return -error->err;
  if (add (list, &held, request->name, error) < 0)
    {
      if (held.wakes)
        (void) epoll_ctl (list->wake_set, EPOLL_CTL_DEL, *fd, NULL);
      return -error->err;
    }
  (void) tc_steal_fd (fd);
  for (tc_held **link = &list->first; replaced != NULL; link = &(*link)->next)
    if (*link == replaced)
      {
        forget (list, link);
        break;
      }
  return 0;
}

/* EPERM for what epoll(7) cannot watch, such as a file. */
static int
put_in_wake_set (const tc_held_list *list, int fd, tc_error *error)
{
  struct epoll_event event = { .events = EPOLLIN };
  int result = epoll_ctl (list->wake_set, EPOLL_CTL_ADD, fd, &event);

  return result < 0 ? tc_fail (error, errno, "entrust", NULL) : 0;
}

static void
forget (const tc_held_list *list, tc_held **link)
{
  tc_held *held = *link;

  *link = held->next;
  close_held (list, held);
  free (held->name);
  free (held);
}

/* Others may have copies of the descriptor, which would keep it in the set. */
static void
close_held (const tc_held_list *list, tc_held *held)
{
  if (held->wakes && held->fd >= 0)
    (void) epoll_ctl (list->wake_set, EPOLL_CTL_DEL, held->fd, NULL);
  tc_close_fd (&held->fd);
}

int
tc_held_find (const tc_held_list *list, const char *name, tc_held_kind kind)
{
  const tc_held *held
      = find (list, (tc_span){ (const uint8_t *) name, (uint32_t) strlen (name) });

  return held != NULL && held->kind == kind ? held->fd : -1;
}

static tc_held *
find (const tc_held_list *list, tc_span name)
{
  for (tc_held *held = list->first; held != NULL; held = held->next)
    if (strlen (held->name) == name.size && memcmp (held->name, name.data, name.size) == 0)
      return held;
  return NULL;
}

static int
open_in_namespace (const tc_held_list *list, const tc_hold_request *request, const char *netns,
                   tc_error *error)
{
  tc_auto_fd namespace_fd = -1;
  int fd;

  if (netns[0] == '\0')
    return tc_open_bound (request, error);
  namespace_fd = open (netns, O_RDONLY | O_CLOEXEC);
  if (namespace_fd < 0)
    return tc_fail (error, errno, "open", netns);
  if (setns (namespace_fd, CLONE_NEWNET) < 0)
    return tc_fail (error, errno, "setns", netns);
  fd = tc_open_bound (request, error);
  if (setns (list->own_net_namespace, CLONE_NEWNET) < 0)
    abort ();
  return fd;
}

int
tc_open_bound (const tc_hold_request *request, tc_error *error)
{
  tc_auto_fd fd = -1;
  tc_address address;
  socklen_t size = fill_address (request, &address);
  int reuse = (request->flags & TC_HOLD_REUSE_ADDRESS) != 0;
  int only = (request->flags & TC_HOLD_IPV6_ONLY) != 0;
  int protocol = (request->flags & TC_HOLD_SCTP) != 0 ? IPPROTO_SCTP : 0;

  fd = socket ((int) request->family, (int) request->socket_type | SOCK_CLOEXEC | SOCK_NONBLOCK,
               protocol);
  if (fd < 0)
    return tc_fail (error, errno, "socket", NULL);
  if (reuse && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof (reuse)) < 0)
    return tc_fail (error, errno, "setsockopt", "SO_REUSEADDR");
  if (only && setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof (only)) < 0)
    return tc_fail (error, errno, "setsockopt", "IPV6_V6ONLY");
  if (bind (fd, &address.any, size) < 0)
    return tc_fail (error, errno, "bind", NULL);
  if (request->backlog > 0 && listen (fd, request->backlog) < 0)
    return tc_fail (error, errno, "listen", NULL);
  return tc_steal_fd (&fd);
}

static socklen_t
fill_address (const tc_hold_request *request, tc_address *address)
{
  memset (address, 0, sizeof (*address));
  address->any.sa_family = (sa_family_t) request->family;
  if (request->family == AF_INET)
    {
      address->inet.sin_port = htons (request->port);
      memcpy (&address->inet.sin_addr, request->address.data, sizeof (address->inet.sin_addr));
      return sizeof (address->inet);
    }
  address->inet6.sin6_port = htons (request->port);
  memcpy (&address->inet6.sin6_addr, request->address.data, sizeof (address->inet6.sin6_addr));
  return sizeof (address->inet6);
}

static int
port_of (int fd)
{
  tc_address address;
  socklen_t size = sizeof (address);

  if (getsockname (fd, &address.any, &size) < 0)
    return 0;
  return ntohs (address.any.sa_family == AF_INET ? address.inet.sin_port : address.inet6.sin6_port);
}

uint32_t
tc_held_release (tc_held_list *list, tc_span prefix)
{
  uint32_t count = 0;

  for (tc_held **link = &list->first; *link != NULL;)
    {
      if (!tc_held_matches (*link, prefix))
        {
          link = &(*link)->next;
          continue;
        }
      forget (list, link);
      count++;
    }
  return count;
}

void
tc_held_close (const tc_held_list *list, tc_held_kind kind)
{
  for (tc_held *held = list->first; held != NULL; held = held->next)
    if (held->kind == kind)
      close_held (list, held);
}

bool
tc_held_matches (const tc_held *held, tc_span prefix)
{
  return strlen (held->name) >= prefix.size && memcmp (held->name, prefix.data, prefix.size) == 0;
}
