/* Little-endian integers, byte spans and strings, as messages and launch programs hold them.
   The bytes read are not trusted: every read is checked against what is left. */
#ifndef TC_WIRE_H
#define TC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the wire format is the host's");

/* Bytes owned by someone else. */
typedef struct
{
  const uint8_t *data;
  uint32_t size;
} tc_span;

/* Once a read goes past the end, `bad` stays set and every further read gives zero. */
typedef struct
{
  const uint8_t *at;
  size_t left;
  bool bad;
} tc_reader;

tc_reader tc_reader_of (const void *data, size_t size);
uint8_t tc_read_u8 (tc_reader *reader);
uint16_t tc_read_u16 (tc_reader *reader);
uint32_t tc_read_u32 (tc_reader *reader);
uint64_t tc_read_u64 (tc_reader *reader);
/* u32 length and that many bytes. */
tc_span tc_read_bytes (tc_reader *reader);
/* As tc_read_bytes; bytes that hold a NUL make the reader bad. */
tc_span tc_read_text (tc_reader *reader);
/* As tc_read_bytes, for text that ends in its only NUL. Gives "" from a bad reader. */
const char *tc_read_terminated (tc_reader *reader);
/* Returns whether all reads succeeded and nothing is left. */
bool tc_reader_is_done (const tc_reader *reader);

/* Returns a NUL-terminated copy for the caller to free, or NULL. */
char *tc_span_copy (tc_span span);

/* Memory that grows. After a failed allocation `failed` stays set and puts do nothing. */
typedef struct
{
  uint8_t *data;
  size_t size;
  size_t capacity;
  bool failed;
} tc_buffer;

void tc_put_raw (tc_buffer *buffer, const void *data, size_t size);
void tc_put_u8 (tc_buffer *buffer, uint8_t value);
void tc_put_u16 (tc_buffer *buffer, uint16_t value);
void tc_put_u32 (tc_buffer *buffer, uint32_t value);
void tc_put_u64 (tc_buffer *buffer, uint64_t value);
void tc_put_text (tc_buffer *buffer, const char *text);
void tc_buffer_free (tc_buffer *buffer);

#define tc_auto_buffer __attribute__ ((cleanup (tc_buffer_free))) tc_buffer

#endif
