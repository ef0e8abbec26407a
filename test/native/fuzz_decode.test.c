/* Fuzz target: the readers of launch programs and of requests. */
#include "fuzz_driver.h"
#include "launch_decode.h"
#include "protocol.h"

#include <stdlib.h>

static void read_all_requests (tc_span payload);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy of the exact size, so that a read past the end is seen. */
  uint8_t *copy = malloc (size + (size == 0));
  tc_span span = { copy, (uint32_t) size };
  tc_auto_program program = { 0 };
  tc_error error = TC_NO_ERROR;
  tc_auto_buffer request = { 0 };

  memcpy (copy, data, size);
  (void) tc_program_decode (span, &program, &error);
  read_all_requests (span);

  /* The program as part of a request whose own fields are damaged in turn. */
  tc_put_text (&request, "id");
  tc_put_u32 (&request, 0);
  tc_put_u32 (&request, 0x20000000);
  for (unsigned text = 0; text < 4; text++)
    tc_put_text (&request, text == 0 ? "" : "/run/x");
  tc_put_u32 (&request, (uint32_t) size);
  tc_put_raw (&request, copy, size);
  if (size > 1)
    request.data[copy[0] % request.size] ^= copy[size - 1];
  read_all_requests ((tc_span){ request.data, (uint32_t) request.size });
  tc_program_free (&program);
  free (copy);
  return 0;
}

static void
read_all_requests (tc_span payload)
{
  tc_launch_request launch;
  tc_hold_request hold;
  tc_keep_request keep;
  tc_entrust_request entrust;
  tc_supervise_request supervise;
  tc_signal_request number;
  tc_close_request closing;
  tc_span text;

  if (tc_read_launch_request (payload, &launch) == 0)
    {
      tc_auto_program program = { 0 };
      tc_error error = TC_NO_ERROR;

      (void) tc_program_decode (launch.program, &program, &error);
    }
  (void) tc_read_hold_request (payload, &hold);
  (void) tc_read_keep_request (payload, &keep);
  (void) tc_read_entrust_request (payload, &entrust);
  (void) tc_read_supervise_request (payload, &supervise);
  (void) tc_read_signal_request (payload, &number);
  (void) tc_read_close_request (payload, &closing);
  (void) tc_read_text_request (payload, &text);
}
