/* Prints the addresses that getaddrinfo(3) of its C library has for each argument. */
#include <netdb.h>
#include <stdio.h>
#include <string.h>

int
main (int count, char **names)
{
  for (int i = 1; i < count; i++)
    {
      const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
      struct addrinfo *found;
      int result = getaddrinfo (names[i], NULL, &hints, &found);

      if (result != 0)
        {
          printf ("%s: %s\n", names[i], gai_strerror (result));
          continue;
        }
      int addresses = 0;
      for (struct addrinfo *one = found; one != NULL; one = one->ai_next)
        addresses++;
      printf ("%s: %d\n", names[i], addresses);
    }
  return 0;
}
