/* Feeds a fuzz target with inputs that are the same in every run: well-formed launch programs and
   launch requests, then mutated. Stands in for libFuzzer, which gcc has not; define TC_LIBFUZZER to
   link with it. */
#ifndef TC_FUZZ_DRIVER_H
#define TC_FUZZ_DRIVER_H

#include "fuzz_random.h"
#include "launch.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#ifndef TC_LIBFUZZER

#define FUZZ_RUNS 250000u

static const char *const fuzz_fields[] = {
#define FUZZ_FIELDS(name, code, fields) [code] = fields,
  TC_OPS (FUZZ_FIELDS)
#undef FUZZ_FIELDS
};

static void
fuzz_put_text (tc_buffer *buffer)
{
  static const char *const texts[] = { "/", "", "a/../b", "/x/y", "/proc/kcore", "..", "//a//b/" };
  const char *text = texts[fuzz_random (7)];

  tc_put_u32 (buffer, (uint32_t) strlen (text) + 1);
  tc_put_raw (buffer, text, strlen (text) + 1);
}

static void
fuzz_put_field (tc_buffer *buffer, char kind)
{
  uint32_t count = fuzz_random (4);

  switch (kind)
    {
    case 's':
      fuzz_put_text (buffer);
      break;
    case 'u':
      tc_put_u32 (buffer, fuzz_random (300));
      break;
    case 'q':
      tc_put_u64 (buffer, fuzz_random (1u << 31));
      break;
    case 'b':
      tc_put_u32 (buffer, 16);
      tc_put_raw (buffer, "0123456789abcdef", 16);
      break;
    case 'l':
      tc_put_u32 (buffer, count + 1);
      for (uint32_t item = 0; item <= count; item++)
        fuzz_put_text (buffer);
      break;
    default:
      tc_put_u32 (buffer, count);
      for (uint32_t item = 0; item < count; item++)
        tc_put_u32 (buffer, item);
      break;
    }
}

/* As HOLD has it. */
static void
fuzz_put_socket (tc_buffer *payload)
{
  tc_auto_buffer socket = { 0 };

  tc_put_text (&socket, "net/udp");
  tc_put_text (&socket, "");
  tc_put_u32 (&socket, 2);
  tc_put_u32 (&socket, fuzz_random (2) + 1);
  tc_put_u16 (&socket, (uint16_t) fuzz_random (65536));
  tc_put_u16 (&socket, (uint16_t) fuzz_random (2));
  tc_put_u32 (&socket, 4);
  tc_put_raw (&socket, "\0\0\0\1", 4);
  tc_put_u32 (&socket, fuzz_random (2));
  tc_put_u32 (payload, (uint32_t) socket.size);
  tc_put_raw (payload, socket.data, socket.size);
}

static void
fuzz_put_operation (tc_buffer *program, uint32_t code)
{
  tc_auto_buffer payload = { 0 };

  if (code == TC_OP_HOLD_SOCKET)
    fuzz_put_socket (&payload);
  else
    for (const char *field = fuzz_fields[code]; *field != '\0'; field++)
      fuzz_put_field (&payload, *field);
  tc_put_u16 (program, (uint16_t) code);
  tc_put_u16 (program, (uint16_t) fuzz_random (2));
  tc_put_u32 (program, (uint32_t) payload.size);
  tc_put_raw (program, payload.data, payload.size);
}

static void
fuzz_put_program (tc_buffer *program)
{
  uint32_t count = fuzz_random (12) + 1;

  tc_put_u32 (program, TC_PROGRAM_MAGIC);
  tc_put_u32 (program, TC_PROGRAM_VERSION);
  tc_put_u32 (program, count);
  for (uint32_t index = 1; index < count; index++)
    fuzz_put_operation (program, index == 1 && fuzz_random (2) == 0
                                     ? (uint32_t) TC_OP_MAKE_NETWORK
                                     : fuzz_random (TC_LAST_OP - 1) + 1);
  fuzz_put_operation (program, fuzz_random (8) == 0 ? TC_OP_END : TC_OP_EXEC);
}

/* One in four stays whole. */
static void
fuzz_mutate (tc_buffer *input)
{
  uint32_t changes = fuzz_random (4);

  for (; changes > 0 && input->size > 0; changes--)
    {
      size_t at = fuzz_random ((uint32_t) input->size);

      switch (fuzz_random (4))
        {
        case 0:
          input->data[at] = (uint8_t) fuzz_random (256);
          break;
        case 1:
          input->data[at] ^= (uint8_t) (1u << fuzz_random (8));
          break;
        case 2:
          input->size = at;
          break;
        default:
          memset (input->data + at, 0xff, input->size - at < 4 ? input->size - at : 4);
          break;
        }
    }
}

int
main (void)
{
  for (uint32_t run = 0; run < FUZZ_RUNS; run++)
    {
      tc_auto_buffer input = { 0 };

      fuzz_put_program (&input);
      fuzz_mutate (&input);
      (void) LLVMFuzzerTestOneInput (input.data, input.size);
    }
  (void) printf ("%u inputs\n", FUZZ_RUNS);
  return 0;
}

#endif
#endif
