/* What the front and the warm process say to each other; src/warm/protocol.ts has the same.

   The front sends a header with its three standard streams, then the texts. The server answers with a byte, and begins
   when the front says go: a front that has not waited for the answer runs the command itself. From then on the server
   sends commands of a byte or two, and the front the numbers of signals, a byte each; that of SIGWINCH always. */
#ifndef TC_FRONT_PROTOCOL_H
#define TC_FRONT_PROTOCOL_H

#include <stdint.h>

#define TC_MAGIC 0x31574354U /* "TCW1" */
#define TC_CALL_COMMAND 1U
/* The most bytes of texts: what is longer is left to a new process. */
#define TC_MOST_TEXT (1024U * 1024U)

/* Little-endian. The texts end with NUL: the root, the working folder, the arguments, the environment. */
typedef struct
{
  uint32_t magic;
  uint32_t kind;
  uint32_t text_bytes;
  uint32_t umask;
  uint32_t argument_count;
} tc_call_header;

enum
{
  TC_REPLY_ACCEPTED = 'A',
  TC_GO = 'G',
  /* Signals are passed on instead of ending the command. */
  TC_WATCH = 'W',
  /* SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 too. */
  TC_WATCH_OTHERS = 'O',
  TC_UNWATCH = 'U',
  /* The server ends behind this command, and the front waits for that. */
  TC_LAST = 'L',
  /* Followed by the exit code. */
  TC_EXIT = 'X',
};

#endif
