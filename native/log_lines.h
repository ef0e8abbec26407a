/* Output of a container, as lines in the CRI log format. */
#ifndef TC_LOG_LINES_H
#define TC_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Longer lines are cut into parts, all marked P but the last. */
#define TC_LOG_PART 16384u
#define TC_LOG_TIME_SIZE 31u

/* Collects whole lines and writes them in large pieces. A batch has one time stamp. */
typedef struct
{
  uint8_t *data;
  size_t size;
  size_t capacity; /* more than TC_LOG_PART + 64 */
  char time[TC_LOG_TIME_SIZE];
  void (*write) (void *owner, const uint8_t *data, size_t size);
  void *owner;
} tc_log_sink;

/* One stream of one container. `carry` holds the start of a line whose end has not come. */
typedef struct
{
  const char *name; /* "stdout" or "stderr" */
  bool strips_carriage_return;
  uint8_t *carry;
  size_t carry_size;
} tc_log_lines;

/* Writes RFC 3339 in UTC with nanoseconds, and a NUL. */
void tc_format_time (struct timespec time, char text[TC_LOG_TIME_SIZE]);

/* Starts a batch. */
void tc_log_begin (tc_log_sink *sink, struct timespec time);
void tc_log_feed (tc_log_lines *lines, const uint8_t *data, size_t size, tc_log_sink *sink);
/* Writes a remainder without line end as a whole line. */
void tc_log_finish (tc_log_lines *lines, tc_log_sink *sink);
/* Writes what the batch collected. */
void tc_log_flush (tc_log_sink *sink);

#endif
