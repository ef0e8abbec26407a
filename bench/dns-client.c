/* Asks 127.0.0.11 for the address of a name: `dns-client NAME COUNT OUTSTANDING`. Ends when all are answered; a
   query without an answer for a second is asked again. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static size_t
write_query (unsigned char *packet, const char *name)
{
  static const unsigned char header[12] = { 0, 1, 1, 0, 0, 1 };
  static const unsigned char type_a[5] = { 0, 0, 1, 0, 1 };
  size_t length = strlen (name);

  memcpy (packet, header, sizeof header);
  packet[12] = (unsigned char) length;
  memcpy (packet + 13, name, length);
  memcpy (packet + 13 + length, type_a, sizeof type_a);
  return 13 + length + sizeof type_a;
}

int
main (int argc, char **argv)
{
  const struct timeval patience = { .tv_sec = 1 };
  struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons (53) };
  unsigned char query[128], reply[512];
  int fd = socket (AF_INET, SOCK_DGRAM, 0);

  if (argc != 4 || strlen (argv[1]) > 63 || fd < 0)
    return 2;
  inet_pton (AF_INET, "127.0.0.11", &server.sin_addr);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &server, sizeof server) < 0)
    return 2;

  size_t length = write_query (query, argv[1]);
  long missing = atol (argv[2]), unasked = missing, outstanding = atol (argv[3]);

  for (long open = 0; missing > 0;)
    {
      for (; open < outstanding && unasked > 0; open++, unasked--)
        send (fd, query, length, 0);
      ssize_t got = recv (fd, reply, sizeof reply, 0);
      if (got < 0)
        {
          unasked += open;
          open = 0;
          continue;
        }
      if (got < 12 || (reply[3] & 15) != 0 || reply[7] == 0)
        return 1;
      open--;
      missing--;
    }
  return 0;
}
