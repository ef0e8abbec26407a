#include "wire.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *
take (tc_reader *reader, size_t size)
{
  const uint8_t *at = reader->at;

  if (reader->bad || reader->left < size)
    {
      reader->bad = true;
      return NULL;
    }
  reader->at += size;
  reader->left -= size;
  return at;
}

tc_reader
tc_reader_of (const void *data, size_t size)
{
  return (tc_reader){ .at = data, .left = size, .bad = false };
}

uint8_t
tc_read_u8 (tc_reader *reader)
{
  const uint8_t *at = take (reader, 1);

  return at == NULL ? 0 : *at;
}

uint16_t
tc_read_u16 (tc_reader *reader)
{
  uint16_t value = 0;
  const uint8_t *at = take (reader, sizeof (value));

  if (at != NULL)
    memcpy (&value, at, sizeof (value));
  return value;
}

uint32_t
tc_read_u32 (tc_reader *reader)
{
  uint32_t value = 0;
  const uint8_t *at = take (reader, sizeof (value));

  if (at != NULL)
    memcpy (&value, at, sizeof (value));
  return value;
}

uint64_t
tc_read_u64 (tc_reader *reader)
{
  uint64_t value = 0;
  const uint8_t *at = take (reader, sizeof (value));

  if (at != NULL)
    memcpy (&value, at, sizeof (value));
  return value;
}

tc_span
tc_read_bytes (tc_reader *reader)
{
  uint32_t size = tc_read_u32 (reader);
  const uint8_t *at = take (reader, size);

  return at == NULL ? (tc_span){ .data = (const uint8_t *) "", .size = 0 }
                    : (tc_span){ .data = at, .size = size };
}

tc_span
tc_read_text (tc_reader *reader)
{
  tc_span span = tc_read_bytes (reader);

  if (span.size > 0 && memchr (span.data, '\0', span.size) != NULL)
    reader->bad = true;
  return span;
}

const char *
tc_read_terminated (tc_reader *reader)
{
  tc_span span = tc_read_bytes (reader);

  if (span.size == 0 || memchr (span.data, '\0', span.size) != span.data + span.size - 1)
    {
      reader->bad = true;
      return "";
    }
  return (const char *) span.data;
}

bool
tc_reader_is_done (const tc_reader *reader)
{
  return !reader->bad && reader->left == 0;
}

char *
tc_span_copy (tc_span span)
{
  char *copy = malloc ((size_t) span.size + 1);

  if (copy == NULL)
    return NULL;
  memcpy (copy, span.data, span.size);
  copy[span.size] = '\0';
  return copy;
}

void
tc_put_raw (tc_buffer *buffer, const void *data, size_t size)
{
  if (buffer->failed || size == 0)
    return;
  if (buffer->capacity - buffer->size < size)
    {
      size_t wanted = (buffer->size + size) * 2;
      uint8_t *grown = realloc (buffer->data, wanted);

      if (grown == NULL)
        {
          buffer->failed = true;
          return;
        }
      buffer->data = grown;
      buffer->capacity = wanted;
    }
  memcpy (buffer->data + buffer->size, data, size);
  buffer->size += size;
}

void
tc_put_u8 (tc_buffer *buffer, uint8_t value)
{
  tc_put_raw (buffer, &value, sizeof (value));
}

void
tc_put_u16 (tc_buffer *buffer, uint16_t value)
{
  tc_put_raw (buffer, &value, sizeof (value));
}

void
tc_put_u32 (tc_buffer *buffer, uint32_t value)
{
  tc_put_raw (buffer, &value, sizeof (value));
}

void
tc_put_u64 (tc_buffer *buffer, uint64_t value)
{
  tc_put_raw (buffer, &value, sizeof (value));
}

void
tc_put_text (tc_buffer *buffer, const char *text)
{
  size_t length = strlen (text);

  tc_put_u32 (buffer, (uint32_t) length);
  tc_put_raw (buffer, text, length);
}

void
tc_buffer_free (tc_buffer *buffer)
{
  free (buffer->data);
  *buffer = (tc_buffer){ 0 };
}
