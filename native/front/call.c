#include "call.h"

#include "../cleanup.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STREAMS 3
/* Longer than a server that is free takes; one that is busy is not waited for. */
#define PATIENCE_MS 100

typedef struct
{
  char *bytes;
  size_t size;
} tc_texts;

static int connect_to (const char *path);
static int open_own_folder (const char *path);
static bool is_own (int server);
static bool has_streams (void);
static bool collect (tc_texts *texts, const char *root, char *const arguments[], char *const environment[]);
static bool append (tc_texts *texts, const char *text);
static bool append_all (tc_texts *texts, char *const list[]);
static uint32_t count_of (char *const list[]);
static bool send_call (int server, const tc_call_header *header, const tc_texts *texts);
static bool send_header (int server, const tc_call_header *header);
static bool send_all (int server, const char *bytes, size_t size);
static bool wait_for (int server, short events);
static bool is_accepted (int server);

int
tc_call (const char *root, const char *socket_path, char *const arguments[], char *const environment[])
{
  tc_auto_fd server = -1;
  tc_auto_free char *bytes = NULL;
  tc_texts texts = { 0 };
  tc_call_header header = { .magic = TC_MAGIC, .kind = TC_CALL_COMMAND };
  const char go = TC_GO;

  if (!has_streams ())
    return -1;
  server = connect_to (socket_path);
  if (server < 0 || !is_own (server))
    return -1;

  bytes = malloc (TC_MOST_TEXT);
  if (bytes == NULL)
    return -1;
  texts.bytes = bytes;
  if (!collect (&texts, root, arguments, environment))
    return -1;

  header.text_bytes = (uint32_t) texts.size;
  header.umask = umask (0);
  (void) umask (header.umask);
  header.argument_count = count_of (arguments);
  if (!send_call (server, &header, &texts) || !is_accepted (server) || !send_all (server, &go, 1))
    return -1;
  return tc_steal_fd (&server);
}

/* The descriptor does not block: a queue that is full means a server that is busy. */
static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  tc_auto_fd folder = open_own_folder (path);
  tc_auto_fd server = -1;
  const char *name = strrchr (path, '/');
  int size;

  if (folder < 0 || name == NULL)
    return -1;
  size = snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", folder, name);
  if (size < 0 || (size_t) size >= sizeof address.sun_path)
    return -1;
  server = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (server < 0 || connect (server, (const struct sockaddr *) &address, sizeof address) != 0)
    return -1;
  return tc_steal_fd (&server);
}

/* Returns the folder of the socket, or -1 if another user may have put the socket there: it could be a link to that of
   any other server of this user. */
static int
open_own_folder (const char *path)
{
  char parent[PATH_MAX];
  const char *end = strrchr (path, '/');
  tc_auto_fd folder = -1;
  struct stat status;

  if (end == NULL || (size_t) (end - path) >= sizeof parent)
    return -1;
  (void) memcpy (parent, path, (size_t) (end - path));
  parent[end - path] = '\0';
  folder = open (parent, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 || fstat (folder, &status) != 0 || status.st_uid != geteuid ()
      || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return -1;
  return tc_steal_fd (&folder);
}

/* The environment and the streams are for a process of the same user only. */
static bool
is_own (int server)
{
  struct ucred peer;
  socklen_t size = sizeof peer;

  return getsockopt (server, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid ();
}

static bool
has_streams (void)
{
  for (int fd = 0; fd < STREAMS; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      return false;
  return true;
}

static bool
collect (tc_texts *texts, const char *root, char *const arguments[], char *const environment[])
{
  char real_root[PATH_MAX];
  char folder[PATH_MAX];

  return realpath (root, real_root) != NULL && getcwd (folder, sizeof folder) != NULL && folder[0] == '/'
         && append (texts, real_root) && append (texts, folder) && append_all (texts, arguments)
         && append_all (texts, environment);
}

static bool
append_all (tc_texts *texts, char *const list[])
{
  for (size_t i = 0; list[i] != NULL; i++)
    if (!append (texts, list[i]))
      return false;
  return true;
}

static bool
append (tc_texts *texts, const char *text)
{
  size_t size = strlen (text) + 1;

  if (size > TC_MOST_TEXT - texts->size)
    return false;
  (void) memcpy (texts->bytes + texts->size, text, size);
  texts->size += size;
  return true;
}

static uint32_t
count_of (char *const list[])
{
  uint32_t count = 0;

  while (list[count] != NULL)
    count++;
  return count;
}

static bool
send_call (int server, const tc_call_header *header, const tc_texts *texts)
{
  return send_header (server, header) && send_all (server, texts->bytes, texts->size);
}

/* The header is smaller than any socket's buffer, so it goes as a whole. */
static bool
send_header (int server, const tc_call_header *header)
{
  const int streams[STREAMS] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
  union
  {
    char bytes[CMSG_SPACE (sizeof streams)];
    struct cmsghdr aligned;
  } control = { 0 };
  struct iovec part = { .iov_base = (void *) (uintptr_t) header, .iov_len = sizeof *header };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes
  };
  struct cmsghdr *rights = CMSG_FIRSTHDR (&message);

  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN (sizeof streams);
  (void) memcpy (CMSG_DATA (rights), streams, sizeof streams);
  return sendmsg (server, &message, MSG_NOSIGNAL) == (ssize_t) sizeof *header;
}

static bool
send_all (int server, const char *bytes, size_t size)
{
  while (size > 0)
    {
      ssize_t sent = send (server, bytes, size, MSG_NOSIGNAL);

      if (sent < 0 && errno != EAGAIN)
        return false;
      if (sent < 0 && !wait_for (server, POLLOUT))
        return false;
      if (sent > 0)
        {
          bytes += sent;
          size -= (size_t) sent;
        }
    }
  return true;
}

static bool
is_accepted (int server)
{
  char reply = 0;

  return wait_for (server, POLLIN) && recv (server, &reply, 1, 0) == 1 && reply == TC_REPLY_ACCEPTED;
}

static bool
wait_for (int server, short events)
{
  struct pollfd poller = { .fd = server, .events = events };

  return poll (&poller, 1, PATIENCE_MS) == 1;
}
