#include "daemon.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static void
interrupt (int number)
{
  (void) number;
}

/* Without SA_RESTART the alarm ends flock(2) with EINTR. */
int
tc_daemon_lock (const char *path, unsigned wait_seconds, tc_error *error)
{
  struct sigaction action = { .sa_handler = interrupt };
  tc_auto_fd fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int result;

  if (fd < 0)
    return tc_fail (error, errno, "open", path);
  if (wait_seconds > 0)
    {
      (void) sigaction (SIGALRM, &action, NULL);
      (void) alarm (wait_seconds);
    }
  result = flock (fd, wait_seconds > 0 ? LOCK_EX : LOCK_EX | LOCK_NB);
  if (result < 0)
    return tc_fail (error, errno == EINTR ? EWOULDBLOCK : errno, "flock", path);
  (void) alarm (0);
  (void) signal (SIGALRM, SIG_DFL);
  return tc_steal_fd (&fd);
}

/* A socket's address holds 107 bytes of path, so it is bound by its name in its folder. */
int
tc_daemon_listen (const char *path, tc_error *error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const char *name = strrchr (path, '/') + 1;
  tc_auto_free char *folder = strndup (path, (size_t) (name - path));
  tc_auto_fd fd = -1;
  mode_t mask;
  int result;

  if (folder == NULL || strlen (name) >= sizeof (address.sun_path))
    return tc_fail (error, ENAMETOOLONG, "bind", path);
  memcpy (address.sun_path, name, strlen (name) + 1);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return tc_fail (error, errno, "socket", NULL);
  if (chdir (folder) < 0)
    return tc_fail (error, errno, "chdir", folder);
  (void) unlink (name);
  mask = umask (0177);
  result = bind (fd, (const struct sockaddr *) &address, sizeof (address));
  (void) umask (mask);
  if (result < 0)
    return tc_fail (error, errno, "bind", path);
  if (listen (fd, SOMAXCONN) < 0)
    return tc_fail (error, errno, "listen", path);
  if (chdir ("/") < 0)
    return tc_fail (error, errno, "chdir", "/");
  return tc_steal_fd (&fd);
}

int
tc_daemon_detach (tc_error *error)
{
  for (int round = 0; round < 2; round++)
    {
      pid_t pid = fork ();

      if (pid < 0)
        return tc_fail (error, errno, "fork", NULL);
      if (pid > 0)
        _exit (0);
      if (round == 0)
        (void) setsid ();
    }
  return 0;
}

int
tc_daemon_settle (const char *log_path, tc_error *error)
{
  tc_auto_fd null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  tc_auto_fd log = -1;

  if (null < 0)
    return tc_fail (error, errno, "open", "/dev/null");
  log = open (log_path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (log < 0)
    return tc_fail (error, errno, "open", log_path);
  if (write (STDOUT_FILENO, "ready\n", 6) < 0)
    return tc_fail (error, errno, "write", "standard output");
  if (dup2 (null, STDIN_FILENO) < 0 || dup2 (log, STDOUT_FILENO) < 0 || dup2 (log, STDERR_FILENO) < 0)
    return tc_fail (error, errno, "dup2", NULL);
  return 0;
}
