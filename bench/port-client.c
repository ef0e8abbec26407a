/* Answers connections with a line, `port-client serve PORT`, or makes them, `port-client ask ADDRESS PORT COUNT
   OUTSTANDING`: it ends with exit code 0 when so many were answered, as many at a time as are to be outstanding. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union
{
  struct sockaddr any;
  struct sockaddr_in inet;
  struct sockaddr_in6 inet6;
} address;

static int
serve (int port)
{
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons ((unsigned short) port) };
  int listener = socket (AF_INET, SOCK_STREAM, 0), on = 1;

  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (listener, (struct sockaddr *) &own, sizeof own) < 0 || listen (listener, 4096) < 0)
    return 2;
  for (;;)
    {
      char request[16];
      int client = accept (listener, NULL, NULL);

      if (client < 0)
        continue;
      if (read (client, request, sizeof request) > 0 && write (client, "answer\n", 7) < 0)
        perror ("write");
      close (client);
    }
}

static socklen_t
read_address (const char *text, int port, address *to)
{
  if (inet_pton (AF_INET, text, &to->inet.sin_addr) == 1)
    {
      to->inet.sin_family = AF_INET;
      to->inet.sin_port = htons ((unsigned short) port);
      return sizeof to->inet;
    }
  inet_pton (AF_INET6, text, &to->inet6.sin6_addr);
  to->inet6.sin6_family = AF_INET6;
  to->inet6.sin6_port = htons ((unsigned short) port);
  return sizeof to->inet6;
}

/* Returns a connection that is under way. */
static int
open_one (const address *to, socklen_t size)
{
  int fd = socket (to->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

  return fd >= 0 && connect (fd, &to->any, size) < 0 && errno != EINPROGRESS ? -1 : fd;
}

static int
ask (const address *to, socklen_t size, long count, long outstanding)
{
  int loop = epoll_create1 (0);
  long unasked = count, open = 0;

  for (long missing = count; missing > 0;)
    {
      struct epoll_event events[64];
      int ready;

      for (; open < outstanding && unasked > 0; open++, unasked--)
        {
          struct epoll_event wanted = { .events = EPOLLOUT, .data.fd = open_one (to, size) };

          if (wanted.data.fd < 0 || epoll_ctl (loop, EPOLL_CTL_ADD, wanted.data.fd, &wanted) < 0)
            return 1;
        }
      ready = epoll_wait (loop, events, 64, 5000);
      if (ready <= 0)
        return 1;
      for (int index = 0; index < ready; index++)
        {
          struct epoll_event next = { .events = EPOLLIN, .data = events[index].data };
          int fd = events[index].data.fd;
          char answer[16];

          if ((events[index].events & EPOLLERR) != 0)
            return 1;
          if ((events[index].events & EPOLLOUT) != 0)
            {
              if (write (fd, "request\n", 8) != 8 || epoll_ctl (loop, EPOLL_CTL_MOD, fd, &next) < 0)
                return 1;
              continue;
            }
          if (read (fd, answer, sizeof answer) != 7)
            return 1;
          close (fd);
          open--;
          missing--;
        }
    }
  return 0;
}

int
main (int argc, char **argv)
{
  address to;

  memset (&to, 0, sizeof to);
  if (argc == 3 && strcmp (argv[1], "serve") == 0)
    return serve (atoi (argv[2]));
  if (argc == 6 && strcmp (argv[1], "ask") == 0)
    return ask (&to, read_address (argv[2], atoi (argv[3]), &to), atol (argv[4]), atol (argv[5]));
  return 2;
}
