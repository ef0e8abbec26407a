#include "log_lines.h"

#include <stdlib.h>
#include <string.h>

static void emit (tc_log_lines *lines, char tag, const uint8_t *data, size_t size, tc_log_sink *sink);
static void keep (tc_log_lines *lines, const uint8_t *data, size_t size, tc_log_sink *sink);
static char *put_digits (char *at, unsigned long value, unsigned digits);

void
tc_log_begin (tc_log_sink *sink, struct timespec time)
{
  tc_format_time (time, sink->time);
}

void
tc_log_feed (tc_log_lines *lines, const uint8_t *data, size_t size, tc_log_sink *sink)
{
  while (size > 0)
    {
      const uint8_t *end = memchr (data, '\n', size);
      size_t length = end == NULL ? size : (size_t) (end - data);
      size_t space = TC_LOG_PART - lines->carry_size;

      if (length > space)
        {
          emit (lines, 'P', data, space, sink);
          data += space;
          size -= space;
        }
      else if (end == NULL)
        {
          keep (lines, data, length, sink);
          return;
        }
      else
        {
          emit (lines, 'F', data, length, sink);
          data += length + 1;
          size -= length + 1;
        }
    }
}

void
tc_log_finish (tc_log_lines *lines, tc_log_sink *sink)
{
  if (lines->carry_size > 0)
    emit (lines, 'F', (const uint8_t *) "", 0, sink);
}

void
tc_log_flush (tc_log_sink *sink)
{
  if (sink->size > 0)
    sink->write (sink->owner, sink->data, sink->size);
  sink->size = 0;
}

/* Writes the carry and `data` as one line and empties the carry. */
static void
emit (tc_log_lines *lines, char tag, const uint8_t *data, size_t size, tc_log_sink *sink)
{
  const char mark[3] = { ' ', tag, ' ' };
  const struct
  {
    const void *data;
    size_t size;
  } parts[] = { { sink->time, strlen (sink->time) }, { " ", 1 },
                { lines->name, strlen (lines->name) }, { mark, sizeof (mark) },
                { lines->carry, lines->carry_size }, { data, size } };

  if (sink->capacity - sink->size < TC_LOG_PART + 64)
    tc_log_flush (sink);
  for (size_t part = 0; part < sizeof (parts) / sizeof (parts[0]); part++)
    if (parts[part].size > 0)
      {
        memcpy (sink->data + sink->size, parts[part].data, parts[part].size);
        sink->size += parts[part].size;
      }
  if (lines->strips_carriage_return && tag == 'F' && sink->data[sink->size - 1] == '\r')
    sink->size--;
  sink->data[sink->size++] = '\n';
  free (lines->carry);
  lines->carry = NULL;
  lines->carry_size = 0;
}

/* Without memory for the carry, the piece is written as a part at once. */
static void
keep (tc_log_lines *lines, const uint8_t *data, size_t size, tc_log_sink *sink)
{
  if (lines->carry == NULL)
    lines->carry = malloc (TC_LOG_PART);
  if (lines->carry == NULL)
    {
      emit (lines, 'P', data, size, sink);
      return;
    }
  memcpy (lines->carry + lines->carry_size, data, size);
  lines->carry_size += size;
}

/* gmtime(3) may read the time zone's file; this needs arithmetic only. The calendar is
   days_from_civil's inverse: eras of 400 years that start on 1 March. */
void
tc_format_time (struct timespec time, char text[TC_LOG_TIME_SIZE])
{
  unsigned long seconds = (unsigned long) time.tv_sec;
  unsigned long days = seconds / 86400 + 719468;
  unsigned long era = days / 146097;
  unsigned long day_of_era = days % 146097;
  unsigned long year_of_era
      = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  unsigned long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned long shifted_month = (5 * day_of_year + 2) / 153;
  unsigned long day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  unsigned long month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  unsigned long year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  char *at = text;

  at = put_digits (at, year, 4);
  *at++ = '-';
  at = put_digits (at, month, 2);
  *at++ = '-';
  at = put_digits (at, day, 2);
  *at++ = 'T';
  at = put_digits (at, seconds / 3600 % 24, 2);
  *at++ = ':';
  at = put_digits (at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = put_digits (at, seconds % 60, 2);
  *at++ = '.';
  at = put_digits (at, (unsigned long) time.tv_nsec, 9);
  *at++ = 'Z';
  *at = '\0';
}

static char *
put_digits (char *at, unsigned long value, unsigned digits)
{
  for (unsigned place = digits; place > 0; place--)
    {
      at[place - 1] = (char) ('0' + value % 10);
      value /= 10;
    }
  return at + digits;
}
