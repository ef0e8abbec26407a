/* The front of tcompose: hands a command to the warm process that waits for one, or starts Node.

   usage: front ROOT SOCKET COLD [ARG...]
   ROOT is the package's folder, SOCKET the warm process's, COLD the program that runs the same ARGs in a new Node.

   Runs with the rights of whoever calls it, and passes on only what that user has. Whatever keeps the warm process from
   taking the command, before it has begun, leaves it to COLD. */
#include "../cleanup.h"
#include "call.h"
#include "relay.h"

#include <stdio.h>
#include <stdlib.h>

#define FIXED_ARGUMENTS 4
#define EXIT_CANNOT_RUN 126

int
main (int argc, char *argv[], char *envp[])
{
  tc_auto_fd server = -1;
  const char *cold;

  if (argc < FIXED_ARGUMENTS)
    {
      (void) fputs ("usage: front ROOT SOCKET COLD [ARG...]\n", stderr);
      return EXIT_CANNOT_RUN;
    }
  cold = argv[FIXED_ARGUMENTS - 1];
  server = tc_call (argv[1], argv[2], argv + FIXED_ARGUMENTS, envp);
  if (server >= 0)
    return tc_relay (server);

  (void) execv (cold, argv + FIXED_ARGUMENTS - 1);
  perror (cold);
  return EXIT_CANNOT_RUN;
}
