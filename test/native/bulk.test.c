/* Tests of the library of bulk calls. Ends with 0, or aborts at the line that fails. */
#include "bulk/bulk.h"

#include <errno.h>
#include <fcntl.h>
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

static void
make_file (const char *path, const char *content)
{
  int file = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

  CHECK (file >= 0 && write (file, content, strlen (content)) == (ssize_t) strlen (content));
  CHECK (close (file) == 0);
}

/* The room is exactly as large as is said, so that a sanitizer finds what is written beside it. */
static void
list_fills_the_room_that_there_is (void)
{
  double *facts = malloc (3 * TC_FACT_COUNT * sizeof *facts);
  char *names = malloc (7);

  CHECK (facts != NULL && names != NULL);
  CHECK (tc_list_folder (".", 1, names, 7, facts, 3) == 3);
  CHECK (memcmp (names, "a\0b\0to\0", 7) == 0);
  CHECK (facts[TC_FACT_SIZE] == 5 && facts[TC_FACT_MODE] == (S_IFREG | 0640));
  CHECK (facts[2 * TC_FACT_COUNT + TC_FACT_MODE] == (S_IFDIR | 0700));
  CHECK (tc_list_folder (".", 0, names, 6, facts, 3) == -ERANGE);
  CHECK (tc_list_folder (".", 0, names, 7, facts, 2) == -ERANGE);
  CHECK (tc_list_folder ("to", 0, names, 0, facts, 0) == 0);
  CHECK (tc_list_folder ("a", 0, names, 7, facts, 3) == -ENOTDIR);
  free (facts);
  free (names);
}

static void
link_tells_of_each_path (void)
{
  int32_t errors[3];

  CHECK (tc_link_files (".", "to", "a\0gone\0b", 3, errors) == 0);
  CHECK (errors[0] == 0 && errors[1] == ENOENT && errors[2] == 0);
  CHECK (tc_link_files (".", "gone", "a", 1, errors) == -ENOENT);
  CHECK (unlink ("to/a") == 0 && unlink ("to/b") == 0);
}

static void
read_puts_each_part_to_its_place (void)
{
  tc_part parts[] = { { .offset = 4, .size = 5 }, { .offset = 0, .size = 3 }, { .offset = 0, .size = 1 } };
  uint8_t *memory = malloc (9);
  int32_t results[3];

  CHECK (memory != NULL);
  memset (memory, '.', 9);
  CHECK (tc_read_files (".", "a\0b\0gone", 3, O_RDONLY, parts, memory, results) == 0);
  CHECK (memcmp (memory, "se..first", 9) == 0);
  CHECK (results[0] == 5 && results[1] == 2 && results[2] == -ENOENT);
  CHECK (tc_read_files ("gone", "a", 1, O_RDONLY, parts, memory, results) == -ENOENT);
  free (memory);
}

static void
read_small_takes_a_file_that_leaves_room (void)
{
  uint8_t *memory = malloc (6);

  CHECK (memory != NULL);
  CHECK (tc_read_small ("a", O_RDONLY, memory, 6) == 5);
  CHECK (memcmp (memory, "first", 5) == 0);
  CHECK (tc_read_small ("a", O_RDONLY, memory, 5) == -EFBIG);
  CHECK (tc_read_small ("to", O_RDONLY, memory, 6) == -EINVAL);
  CHECK (tc_read_small ("gone", O_RDONLY, memory, 6) == -ENOENT);
  free (memory);
}

int
main (void)
{
  char folder[] = "/tmp/tc-bulk-XXXXXX";

  (void) umask (0);
  CHECK (mkdtemp (folder) != NULL && chdir (folder) == 0);
  make_file ("a", "first");
  make_file ("b", "se");
  CHECK (mkdir ("to", 0700) == 0);
  list_fills_the_room_that_there_is ();
  link_tells_of_each_path ();
  read_puts_each_part_to_its_place ();
  read_small_takes_a_file_that_leaves_room ();
  CHECK (unlink ("a") == 0 && unlink ("b") == 0 && rmdir ("to") == 0);
  CHECK (chdir ("/") == 0 && rmdir (folder) == 0);
  return 0;
}
