#include "relay.h"

#include "../cleanup.h"
#include "protocol.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct
{
  int server;
  /* A pidfd. */
  int server_process;
  int signals;
  sigset_t signal_set;
  sigset_t other_signals;
  /* Whether the command listens to signals. */
  bool is_watched;
  /* Set when the server ends too. */
  bool is_last;
  /* Set when the next byte is the exit code. */
  bool is_ending;
  bool has_ended;
  int exit_code;
} tc_command;

/* Longer than a process takes to end that has nothing to do. */
#define PATIENCE_MS 1000

static bool prepare (tc_command *command);
static bool fill_sets (tc_command *command);
static bool follow (tc_command *command);
static bool take_replies (tc_command *command);
static bool take_reply (tc_command *command, unsigned char reply);
static bool watch_others (tc_command *command, bool is_watching);
static bool take_signal (tc_command *command);
static void end_by (const tc_command *command, int number);
static void wait_for_server (const tc_command *command);

int
tc_relay (int server)
{
  tc_command command = { .server = server, .server_process = -1, .signals = -1 };
  bool is_followed = prepare (&command) && follow (&command);

  if (is_followed && command.is_last)
    wait_for_server (&command);
  tc_close_fd (&command.signals);
  tc_close_fd (&command.server_process);
  if (is_followed)
    return command.exit_code;
  (void) fputs ("error: the warm process of tcompose has ended during this command\n"
                "   = hint: Run the command again: it completes what was begun\n",
                stderr);
  return EXIT_FAILURE;
}

/* A shell starts what is in the background with SIGINT ignored; Node takes it all the same. */
static bool
prepare (tc_command *command)
{
  const struct sigaction by_default = { .sa_handler = SIG_DFL };
  struct ucred peer;
  socklen_t size = sizeof peer;

  if (!fill_sets (command) || sigaction (SIGINT, &by_default, NULL) != 0
      || sigaction (SIGTERM, &by_default, NULL) != 0
      || sigprocmask (SIG_BLOCK, &command->signal_set, NULL) != 0
      || getsockopt (command->server, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return false;
  command->server_process = (int) syscall (SYS_pidfd_open, peer.pid, 0);
  command->signals = signalfd (-1, &command->signal_set, SFD_CLOEXEC | SFD_NONBLOCK);
  return command->server_process >= 0 && command->signals >= 0;
}

static bool
fill_sets (tc_command *command)
{
  static const int watched[] = { SIGINT, SIGTERM, SIGWINCH };
  static const int others[] = { SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };

  if (sigemptyset (&command->signal_set) != 0 || sigemptyset (&command->other_signals) != 0)
    return false;
  for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
    if (sigaddset (&command->signal_set, watched[i]) != 0)
      return false;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (sigaddset (&command->other_signals, others[i]) != 0)
      return false;
  return true;
}

static bool
follow (tc_command *command)
{
  struct pollfd sources[] = { { .fd = command->server, .events = POLLIN },
                              { .fd = command->signals, .events = POLLIN } };

  while (!command->has_ended)
    {
      if (poll (sources, 2, -1) < 0 && errno != EINTR)
        return false;
      if (sources[0].revents != 0 && !take_replies (command))
        return false;
      if (!command->has_ended && sources[1].revents != 0 && !take_signal (command))
        return false;
    }
  return true;
}

static bool
take_replies (tc_command *command)
{
  unsigned char replies[64];
  ssize_t size = recv (command->server, replies, sizeof replies, 0);

  if (size < 0)
    return errno == EAGAIN || errno == EINTR;
  for (ssize_t i = 0; i < size; i++)
    if (!take_reply (command, replies[i]))
      return false;
  return size > 0;
}

static bool
take_reply (tc_command *command, unsigned char reply)
{
  if (command->is_ending)
    {
      command->exit_code = reply;
      command->has_ended = true;
      return true;
    }
  switch (reply)
    {
    case TC_WATCH:
      command->is_watched = true;
      return true;
    case TC_WATCH_OTHERS:
      return watch_others (command, true);
    case TC_UNWATCH:
      command->is_watched = false;
      return watch_others (command, false);
    case TC_LAST:
      command->is_last = true;
      return true;
    case TC_EXIT:
      command->is_ending = true;
      return true;
    default:
      return false;
    }
}

/* While they are not watched, these signals do to the front what they do to any program. */
static bool
watch_others (tc_command *command, bool is_watching)
{
  sigset_t all = command->signal_set;

  if (sigorset (&all, &command->signal_set, &command->other_signals) != 0)
    return false;
  return signalfd (command->signals, is_watching ? &all : &command->signal_set, 0) == command->signals
         && sigprocmask (is_watching ? SIG_BLOCK : SIG_UNBLOCK, &command->other_signals, NULL) == 0;
}

/* Replies were taken first, so what the server said of signals before this one is known. */
static bool
take_signal (tc_command *command)
{
  struct signalfd_siginfo info;
  unsigned char number;

  if (read (command->signals, &info, sizeof info) != (ssize_t) sizeof info)
    return errno == EINTR || errno == EAGAIN;
  if (!command->is_watched && info.ssi_signo != SIGWINCH)
    end_by (command, (int) info.ssi_signo);
  number = (unsigned char) info.ssi_signo;
  (void) send (command->server, &number, 1, MSG_NOSIGNAL);
  return true;
}

/* The process that runs the command ends at once, as one of its own would; it may be blocked and hear nothing. */
static void
end_by (const tc_command *command, int number)
{
  (void) syscall (SYS_pidfd_send_signal, command->server_process, SIGKILL, NULL, 0);
  (void) sigprocmask (SIG_UNBLOCK, &command->signal_set, NULL);
  (void) raise (number);
}

/* A process that does not end in time is left to itself: the command has ended. */
static void
wait_for_server (const tc_command *command)
{
  struct pollfd poller = { .fd = command->server_process, .events = POLLIN };

  (void) poll (&poller, 1, PATIENCE_MS);
}
