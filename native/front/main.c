/* tcompose: hands a command to the warm process that waits for one, or starts Node.

   usage: tcompose [ARG...]
   Belongs at dist/native/tcompose of the package, and may be linked from anywhere.

   Runs with the rights of whoever calls it, and passes on only what that user has. Whatever keeps the warm process from
   taking the command, before it has begun, leaves it to a process of its own. */
#include "../cleanup.h"
#include "call.h"
#include "cold.h"
#include "relay.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_CANNOT_RUN 126
#define RUN_FOLDER "/run/tcompose"

static bool find_root (char root[static PATH_MAX]);
static int call_warm (const char *root, char *const arguments[], char *const environment[]);

int
main (int argc, char *argv[], char *envp[])
{
  char root[PATH_MAX];
  char *const *arguments = argc > 0 ? argv + 1 : argv;
  tc_auto_fd server = -1;

  if (!find_root (root))
    {
      perror ("tcompose: /proc/self/exe");
      return EXIT_CANNOT_RUN;
    }
  server = call_warm (root, arguments, envp);
  return server < 0 ? tc_run_cold (root, arguments) : tc_relay (server);
}

/* The package's folder is two above that of this program. proc_pid_exe(5): links to the program are followed. */
static bool
find_root (char root[static PATH_MAX])
{
  ssize_t size = readlink ("/proc/self/exe", root, PATH_MAX - 1);

  if (size < 0)
    return false;
  root[size] = '\0';
  for (int above = 0; above < 3; above++)
    {
      char *end = strrchr (root, '/');

      if (end == NULL)
        return false;
      *end = '\0';
    }
  if (root[0] == '\0')
    (void) strcpy (root, "/");
  return true;
}

/* Returns a connection that has taken the command, or -1. */
static int
call_warm (const char *root, char *const arguments[], char *const environment[])
{
  char socket_path[PATH_MAX];
  const char *folder = getenv ("TCOMPOSE_RUN");
  const char *wish = getenv ("TCOMPOSE_WARM");

  if (wish != NULL && strcmp (wish, "0") == 0)
    return -1;
  if (folder == NULL || folder[0] == '\0')
    folder = RUN_FOLDER;
  if ((size_t) snprintf (socket_path, sizeof socket_path, "%s/warm/socket", folder) >= sizeof socket_path)
    return -1;
  return tc_call (root, socket_path, arguments, environment);
}
