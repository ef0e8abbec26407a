/* The keeper: parent of every process that tcompose starts for one project. See docs/keeper.md.

   Runs as the user of tcompose, root in the first version, with all of that user's capabilities, in the
   host's namespaces, from a sealed memfd. It trusts its arguments and its environment. It does not trust
   the bytes that clients send (though their uid was checked), nor anything that a container's process
   writes, names or leaves behind. Children stay non-dumpable until their exec. */
#include "cleanup.h"
#include "daemon.h"
#include "keeper.h"
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define EXIT_USAGE 2
#define EXIT_HELD 3

typedef struct
{
  const char *socket_path;
  const char *lock_path;
  const char *log_path;
  unsigned wait_seconds;
} tc_options;

static void fill_standard_streams (void);
static int serve (const tc_options *options, tc_error *error);
static bool read_options (int argc, char *argv[], tc_options *options);

int
main (int argc, char *argv[], char *envp[])
{
  tc_options options = { 0 };
  tc_error error = TC_NO_ERROR;
  int result;

  if (!read_options (argc, argv, &options))
    {
      (void) fputs ("usage: keeper --socket PATH --lock PATH --log PATH [--wait SECONDS]\n"
                    "paths are absolute\n",
                    stderr);
      return EXIT_USAGE;
    }
  (void) umask (022);
  fill_standard_streams ();
  result = tc_seal (argv, envp, &error);
  if (result == 0)
    result = serve (&options, &error);
  if (result == 0)
    return 0;
  if (error.err == EWOULDBLOCK && strcmp (error.what, "flock") == 0)
    return EXIT_HELD;
  (void) fprintf (stderr, "keeper: %s %s: %s\n", error.what, error.path, strerror (error.err));
  return EXIT_FAILURE;
}

/* The rest of the keeper relies on its descriptors being 3 or above. */
static void
fill_standard_streams (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd < 3);
  if (fd >= 3)
    (void) close (fd);
}

static int
serve (const tc_options *options, tc_error *error)
{
  static tc_keeper keeper;
  tc_auto_fd lock = tc_daemon_lock (options->lock_path, options->wait_seconds, error);
  tc_auto_fd listener = -1;

  if (lock < 0)
    return -error->err;
  listener = tc_daemon_listen (options->socket_path, error);
  if (listener < 0)
    return -error->err;
  if (tc_daemon_detach (error) < 0
      || tc_keeper_open (&keeper, listener, options->socket_path, error) < 0
      || tc_daemon_settle (options->log_path, error) < 0)
    return -error->err;
  (void) tc_steal_fd (&listener);
  tc_keeper_run (&keeper);
  return 0;
}

static bool
read_options (int argc, char *argv[], tc_options *options)
{
  for (int index = 1; index + 1 < argc; index += 2)
    {
      const char *name = argv[index], *value = argv[index + 1];

      if (strcmp (name, "--wait") == 0)
        {
          options->wait_seconds = (unsigned) strtoul (value, NULL, 10);
          continue;
        }
      if (value[0] != '/')
        return false;
      if (strcmp (name, "--socket") == 0)
        options->socket_path = value;
      else if (strcmp (name, "--lock") == 0)
        options->lock_path = value;
      else if (strcmp (name, "--log") == 0)
        options->log_path = value;
      else
        return false;
    }
  return argc % 2 == 1 && options->socket_path != NULL && options->lock_path != NULL
         && options->log_path != NULL;
}
