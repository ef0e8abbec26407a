/* Answers requests, `port-client serve PORT`, or makes them, `port-client ask ADDRESS PORT COUNT CONNECTIONS`: each
   connection has one request under way until COUNT are answered in all; then it ends with exit code 0. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 8
#define EVENTS 64

static int
watch (int loop, int fd)
{
  struct epoll_event wanted = { .events = EPOLLIN, .data.fd = fd };
  int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return epoll_ctl (loop, EPOLL_CTL_ADD, fd, &wanted);
}

static int
serve (int port)
{
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons ((unsigned short) port) };
  int listener = socket (AF_INET, SOCK_STREAM, 0), loop = epoll_create1 (0);

  if (bind (listener, (struct sockaddr *) &own, sizeof own) < 0 || listen (listener, 128) < 0
      || watch (loop, listener) < 0)
    return 2;
  for (;;)
    {
      struct epoll_event events[EVENTS];
      int ready = epoll_wait (loop, events, EVENTS, -1);

      for (int index = 0; index < ready; index++)
        {
          int fd = events[index].data.fd;
          char request[SIZE];

          if (fd == listener)
            watch (loop, accept (listener, NULL, NULL));
          else if (read (fd, request, SIZE) != SIZE || write (fd, request, SIZE) != SIZE)
            close (fd);
        }
    }
}

static int
connect_to (const char *address, int port)
{
  struct sockaddr_in inet = { .sin_family = AF_INET, .sin_port = htons ((unsigned short) port) };
  struct sockaddr_in6 inet6 = { .sin6_family = AF_INET6, .sin6_port = htons ((unsigned short) port) };
  int is_inet = inet_pton (AF_INET, address, &inet.sin_addr) == 1;
  int fd = socket (is_inet ? AF_INET : AF_INET6, SOCK_STREAM, 0);

  if (is_inet)
    return connect (fd, (struct sockaddr *) &inet, sizeof inet) < 0 ? -1 : fd;
  if (inet_pton (AF_INET6, address, &inet6.sin6_addr) != 1)
    return -1;
  return connect (fd, (struct sockaddr *) &inet6, sizeof inet6) < 0 ? -1 : fd;
}

static int
ask (const char *address, int port, long count, int connections)
{
  char text[SIZE] = "request";
  int loop = epoll_create1 (0);
  long unasked = count;

  for (int index = 0; index < connections; index++, unasked--)
    {
      int fd = connect_to (address, port);

      if (fd < 0 || watch (loop, fd) < 0 || write (fd, text, SIZE) != SIZE)
        return 1;
    }
  while (count > 0)
    {
      struct epoll_event events[EVENTS];
      int ready = epoll_wait (loop, events, EVENTS, 5000);

      if (ready <= 0)
        return 1;
      for (int index = 0; index < ready; index++, count--)
        {
          int fd = events[index].data.fd;

          if (read (fd, text, SIZE) != SIZE || (unasked-- > 0 && write (fd, text, SIZE) != SIZE))
            return 1;
        }
    }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "serve") == 0)
    return serve (atoi (argv[2]));
  if (argc == 6 && strcmp (argv[1], "ask") == 0)
    return ask (argv[2], atoi (argv[3]), atol (argv[4]), atoi (argv[5]));
  return 2;
}
