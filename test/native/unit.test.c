/* Unit tests of the keeper's pure parts. Ends with 0, or aborts at the line that fails. */
#include "birth.h"
#include "exit_code.h"
#include "files.h"
#include "launch_decode.h"
#include "log_file.h"
#include "log_lines.h"
#include "protocol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
  do                                                                                               \
    if (!(condition))                                                                              \
      {                                                                                            \
        (void) fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                    \
        exit (1);                                                                                  \
      }                                                                                            \
  while (0)

static char written[1 << 20];
static size_t written_size;

static void
collect (void *owner, const uint8_t *data, size_t size)
{
  (void) owner;
  memcpy (written + written_size, data, size);
  written_size += size;
  written[written_size] = '\0';
}

static void
feed (tc_log_lines *lines, const char *const chunks[])
{
  static uint8_t space[TC_LOG_PART * 2];
  tc_log_sink sink = { .data = space, .capacity = sizeof (space), .write = collect };

  written_size = 0;
  tc_log_begin (&sink, (struct timespec){ 1000000000, 5 });
  for (; *chunks != NULL; chunks++)
    tc_log_feed (lines, (const uint8_t *) *chunks, strlen (*chunks), &sink);
  tc_log_finish (lines, &sink);
  tc_log_flush (&sink);
}

static void
log_feed_writes_whole_lines (void)
{
  tc_log_lines lines = { .name = "stdout" };

  feed (&lines, (const char *const[]){ "one\ntw", "o\n\nrest", NULL });
  CHECK (strcmp (written, "2001-09-09T01:46:40.000000005Z stdout F one\n"
                          "2001-09-09T01:46:40.000000005Z stdout F two\n"
                          "2001-09-09T01:46:40.000000005Z stdout F \n"
                          "2001-09-09T01:46:40.000000005Z stdout F rest\n")
         == 0);
}

static void
log_feed_strips_the_carriage_return_of_a_terminal (void)
{
  tc_log_lines lines = { .name = "stdout", .strips_carriage_return = true };

  feed (&lines, (const char *const[]){ "a\r\n", NULL });
  CHECK (strcmp (written, "2001-09-09T01:46:40.000000005Z stdout F a\n") == 0);
}

static void
log_feed_cuts_long_lines_into_parts (void)
{
  static char text[40000];
  tc_log_lines lines = { .name = "stderr" };
  const size_t prefix = strlen ("2001-09-09T01:46:40.000000005Z stderr F ");

  memset (text, 'x', sizeof (text) - 2);
  text[sizeof (text) - 2] = '\n';
  feed (&lines, (const char *const[]){ text, NULL });
  CHECK (written_size == 3 * (prefix + 1) + sizeof (text) - 2);
  CHECK (written[prefix - 2] == 'P');
  CHECK (written[prefix + TC_LOG_PART] == '\n');
  CHECK (written[2 * (prefix + TC_LOG_PART + 1) + prefix - 2] == 'F');
}

static void
format_time_knows_leap_days (void)
{
  static const struct
  {
    time_t seconds;
    const char *text;
  } cases[] = { { 0, "1970-01-01T00:00:00.000000000Z" },
                { 951782400, "2000-02-29T00:00:00.000000000Z" },
                { 1709251199, "2024-02-29T23:59:59.000000000Z" },
                { 1767225600, "2026-01-01T00:00:00.000000000Z" },
                { 4107542400, "2100-03-01T00:00:00.000000000Z" } };

  for (size_t index = 0; index < sizeof (cases) / sizeof (cases[0]); index++)
    {
      char text[TC_LOG_TIME_SIZE];

      tc_format_time ((struct timespec){ cases[index].seconds, 0 }, text);
      CHECK (strcmp (text, cases[index].text) == 0);
    }
}

static void
reader_stays_bad_past_the_end (void)
{
  tc_reader reader = tc_reader_of ("\x05\0\0\0ab", 6);

  CHECK (tc_read_bytes (&reader).size == 0);
  CHECK (reader.bad);
  CHECK (tc_read_u8 (&reader) == 0);
  CHECK (!tc_reader_is_done (&reader));
}

static int
decode (const tc_buffer *bytes, tc_error *error)
{
  tc_auto_program program = { 0 };

  return tc_program_decode ((tc_span){ bytes->data, (uint32_t) bytes->size }, &program, error);
}

static void
program_decode_names_the_operation_at_fault (void)
{
  tc_auto_buffer bytes = { 0 };
  tc_error error = TC_NO_ERROR;

  tc_put_u32 (&bytes, TC_PROGRAM_MAGIC);
  tc_put_u32 (&bytes, TC_PROGRAM_VERSION);
  tc_put_u32 (&bytes, 2);
  tc_put_u32 (&bytes, TC_OP_NEW_SESSION);
  tc_put_u32 (&bytes, 0);
  tc_put_u32 (&bytes, TC_LAST_OP + 1);
  tc_put_u32 (&bytes, 0);
  CHECK (decode (&bytes, &error) == -ENOSYS);
  CHECK (error.index == 1);
}

static void
program_decode_wants_exec_last (void)
{
  tc_auto_buffer bytes = { 0 };
  tc_error error = TC_NO_ERROR;

  tc_put_u32 (&bytes, TC_PROGRAM_MAGIC);
  tc_put_u32 (&bytes, TC_PROGRAM_VERSION);
  tc_put_u32 (&bytes, 1);
  tc_put_u32 (&bytes, TC_OP_NEW_SESSION);
  tc_put_u32 (&bytes, 0);
  CHECK (decode (&bytes, &error) == -EINVAL);
  CHECK (strcmp (error.what, "read program") == 0);
}

/* The number of layers, of names and of values of an overlay. */
static int
decode_overlay (const uint32_t counts[3])
{
  tc_auto_buffer bytes = { 0 };
  tc_auto_buffer payload = { 0 };
  tc_error error = TC_NO_ERROR;

  tc_put_u32 (&payload, 2);
  tc_put_raw (&payload, "/", 2);
  for (size_t list = 0; list < 3; list++)
    {
      tc_put_u32 (&payload, counts[list]);
      for (uint32_t index = 0; index < counts[list]; index++)
        {
          tc_put_u32 (&payload, 2);
          tc_put_raw (&payload, "a", 2);
        }
    }
  tc_put_u32 (&bytes, TC_PROGRAM_MAGIC);
  tc_put_u32 (&bytes, TC_PROGRAM_VERSION);
  tc_put_u32 (&bytes, 1);
  tc_put_u32 (&bytes, TC_OP_MOUNT_OVERLAY);
  tc_put_u32 (&bytes, (uint32_t) payload.size);
  tc_put_raw (&bytes, payload.data, payload.size);
  (void) decode (&bytes, &error);
  return strcmp (error.what, "read operation") == 0;
}

static void
overlay_has_layers_and_a_value_for_each_option (void)
{
  CHECK (!decode_overlay ((const uint32_t[3]){ 1, 0, 0 }));
  CHECK (!decode_overlay ((const uint32_t[3]){ 2, 3, 3 }));
  CHECK (decode_overlay ((const uint32_t[3]){ 0, 1, 1 }));
  CHECK (decode_overlay ((const uint32_t[3]){ 1, 2, 1 }));
  CHECK (decode_overlay ((const uint32_t[3]){ 1, 0, 1 }));
}

static size_t
birth_index (const tc_op *codes, size_t count)
{
  tc_operation operations[8] = { 0 };
  const tc_program program = { operations, count };

  for (size_t index = 0; index < count; index++)
    operations[index].code = codes[index];
  return tc_birth_index (&program);
}

static void
birth_index_comes_behind_what_needs_the_host (void)
{
  static const tc_op plain[] = { TC_OP_JOIN_TARGET, TC_OP_SECCOMP,         TC_OP_SET_UID,
                                 TC_OP_NEW_SESSION, TC_OP_PARENT_DEATH_SIGNAL, TC_OP_EXEC };
  static const tc_op filter_last[] = { TC_OP_JOIN_TARGET, TC_OP_SET_CAPABILITIES,
                                       TC_OP_NO_NEW_PRIVILEGES, TC_OP_SECCOMP, TC_OP_EXEC };
  static const tc_op terminal_first[]
      = { TC_OP_JOIN_TARGET, TC_OP_OPEN_TERMINAL, TC_OP_SET_UID, TC_OP_EXEC };
  static const tc_op exec_alone[] = { TC_OP_EXEC };

  CHECK (birth_index (plain, 6) == 3);
  CHECK (birth_index (filter_last, 5) == 2);
  CHECK (birth_index (terminal_first, 4) == 1);
  CHECK (birth_index (exec_alone, 1) == 0);
}

static void
make_target_follows_links (void)
{
  char folder[] = "/tmp/tcuXXXXXX";
  tc_error error = TC_NO_ERROR;
  struct stat status;

  CHECK (mkdtemp (folder) != NULL && chdir (folder) == 0);
  CHECK (symlink ("deep/er", "link") == 0 && symlink ("loop", "loop") == 0);
  CHECK (tc_make_target ("link/x/../y/file", false, 0600, &error) == 0);
  CHECK (stat ("deep/er/y/file", &status) == 0 && S_ISREG (status.st_mode));
  CHECK (tc_make_target ("link", true, 0700, &error) == 0);
  CHECK (tc_make_target ("a//b/", true, 0700, &error) == 0);
  CHECK (stat ("a/b", &status) == 0 && S_ISDIR (status.st_mode));
  CHECK (tc_make_target ("loop/x", true, 0700, &error) == -ELOOP);
  CHECK (tc_make_target ("link/y/file/below", true, 0700, &error) == -ENOTDIR);
  CHECK (unlink ("deep/er/y/file") == 0 && rmdir ("deep/er/y") == 0 && rmdir ("deep/er/x") == 0);
  CHECK (rmdir ("deep/er") == 0 && rmdir ("deep") == 0 && rmdir ("a/b") == 0 && rmdir ("a") == 0);
  CHECK (unlink ("link") == 0 && unlink ("loop") == 0 && chdir ("/") == 0 && rmdir (folder) == 0);
}

static void
write_text (tc_log_file *log, const char *text)
{
  tc_log_file_write (log, (const uint8_t *) text, strlen (text));
}

static bool
holds (const char *path, const char *text)
{
  char content[256] = "";
  FILE *file = fopen (path, "r");
  size_t size = file == NULL ? 0 : fread (content, 1, sizeof (content) - 1, file);

  if (file != NULL)
    (void) fclose (file);
  return file != NULL && size == strlen (text) && strcmp (content, text) == 0;
}

static void
log_file_write_begins_another_file_between_lines (void)
{
  char folder[] = "/tmp/tcuXXXXXX";
  char path[64];
  tc_error error = TC_NO_ERROR;
  tc_log_file *log;

  CHECK (mkdtemp (folder) != NULL && chdir (folder) == 0);
  (void) snprintf (path, sizeof (path), "%s/log", folder);
  log = tc_log_file_open (path, (tc_log_limits){ 8, 3 }, &error);
  CHECK (log != NULL);
  write_text (log, "one\ntwo\nthree\n");
  CHECK (holds ("log.1", "one\ntwo\n") && holds ("log", "three\n"));
  write_text (log, "longer than a file\n4\n");
  CHECK (holds ("log.2", "three\n") && holds ("log.3", "longer than a file\n") && holds ("log", "4\n"));
  CHECK (access ("log.1", F_OK) < 0);
  tc_log_file_close (log);

  /* A keeper that was killed between its renames left no file at the path, and one with the next name. */
  CHECK (rename ("log.2", "log.2.gz") == 0 && rename ("log", "log.4") == 0);
  CHECK (mknod ("log.new", S_IFREG | 0600, 0) == 0);
  log = tc_log_file_open (path, (tc_log_limits){ 8, 2 }, &error);
  write_text (log, "5\n12345678\n");
  CHECK (holds ("log.5", "5\n") && holds ("log", "12345678\n"));
  CHECK (access ("log.2.gz", F_OK) < 0 && access ("log.3", F_OK) < 0 && access ("log.4", F_OK) < 0);
  tc_log_file_close (log);
  CHECK (unlink ("log") == 0 && unlink ("log.5") == 0 && access ("log.new", F_OK) < 0);
  CHECK (chdir ("/") == 0 && rmdir (folder) == 0);
}

static void
log_file_write_keeps_one_file_where_no_full_one_is_wanted (void)
{
  char folder[] = "/tmp/tcuXXXXXX";
  char path[64];
  tc_error error = TC_NO_ERROR;
  tc_log_file *log;

  CHECK (mkdtemp (folder) != NULL && chdir (folder) == 0);
  (void) snprintf (path, sizeof (path), "%s/log", folder);
  log = tc_log_file_open (path, (tc_log_limits){ 8, 1 }, &error);
  write_text (log, "one\ntwo\nthree\n");
  CHECK (holds ("log", "three\n") && access ("log.1", F_OK) < 0);
  tc_log_file_close (log);
  CHECK (unlink ("log") == 0 && chdir ("/") == 0 && rmdir (folder) == 0);
}

static void
exit_code_is_a_shells (void)
{
  CHECK (tc_exit_code (0) == 0);
  CHECK (tc_exit_code (3 << 8) == 3);
  CHECK (tc_exit_code (9) == 137);
}

int
main (void)
{
  log_feed_writes_whole_lines ();
  log_feed_strips_the_carriage_return_of_a_terminal ();
  log_feed_cuts_long_lines_into_parts ();
  format_time_knows_leap_days ();
  reader_stays_bad_past_the_end ();
  program_decode_names_the_operation_at_fault ();
  program_decode_wants_exec_last ();
  overlay_has_layers_and_a_value_for_each_option ();
  birth_index_comes_behind_what_needs_the_host ();
  make_target_follows_links ();
  log_file_write_begins_another_file_between_lines ();
  log_file_write_keeps_one_file_where_no_full_one_is_wanted ();
  exit_code_is_a_shells ();
  return 0;
}
