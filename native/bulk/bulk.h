/* Calls on files, as a library that Node loads: what would be three calls from JavaScript for each of thousands of files of
   a folder is one, and so are the five that read one file.

   Runs in the process and with the rights of the command, on any of its threads. Nothing is kept between calls. Names
   come from disks and are bytes. What the caller passes is trusted: it vouches for the sizes of its memory. Names end
   and paths end with a NUL each. A folder may be a link to one. */
#ifndef TC_BULK_H
#define TC_BULK_H

#include <stdint.h>

/* Changes with what the functions below take or give. */
#define TC_BULK_VERSION 2

/* Returns TC_BULK_VERSION as this was built: a caller of another version calls nothing else. */
uint32_t tc_bulk_version (void);

/* What is told of each file, in this order, as doubles: JavaScript has no other numbers. FACTS in src/disk/bulk/file-facts.ts
   has the same names. What needs more than 53 bits is in two parts. `xattrs` counts the bytes of the names of extended
   attributes; it is -1 where they were not asked for or cannot be told. */
#define TC_FACTS(X)                                                                                                      \
  X (INO_HIGH)                                                                                                           \
  X (INO_LOW)                                                                                                            \
  X (SIZE)                                                                                                               \
  X (MODE)                                                                                                               \
  X (NLINK)                                                                                                              \
  X (UID)                                                                                                                \
  X (GID)                                                                                                                \
  X (DEV)                                                                                                                \
  X (RDEV)                                                                                                               \
  X (MTIME)                                                                                                              \
  X (MTIME_NANOSECONDS)                                                                                                  \
  X (CTIME)                                                                                                              \
  X (CTIME_NANOSECONDS)                                                                                                  \
  X (XATTRS)

#define TC_FACT_NAME(name) TC_FACT_##name,
enum
{
  TC_FACTS (TC_FACT_NAME) TC_FACT_COUNT
};

/* Tells what is in the folder at `path`, links not followed, sorted by the bytes of its names: at most `most` files, to
   `facts`, with names of together at most `names_size` bytes. Returns how many files there are, or -errno; -ERANGE if
   there is no room for all. What is removed meanwhile is left out. */
int tc_list_folder (const char *path, int with_xattrs, char *names, uint32_t names_size, double *facts, uint32_t most);

/* Makes a hard link below `to` to each of `count` files below `from`, at the same path, whose folder is there. `errors`
   gets 0 or errno for each. Returns 0, or -errno if a folder cannot be opened. */
int tc_link_files (const char *from, const char *to, const char *paths, uint32_t count, int32_t *errors);

/* Where the content of a file goes: bytes from the start of the memory. */
typedef struct
{
  uint32_t offset;
  uint32_t size;
} tc_part;

/* Reads the first `size` bytes of each of `count` files of `folder` into `memory`. `flags` are for open(2). `results`
   gets how many bytes there were, or -errno, for each. Returns 0, or -errno if the folder cannot be opened. */
int tc_read_files (const char *folder, const char *names, uint32_t count, int flags, const tc_part *parts,
                   uint8_t *memory, int32_t *results);

/* Reads the regular file at `path`, of which nothing is known, to its end into the `size` bytes of `memory`. `flags` are for
   open(2). Returns how many bytes there were, or -errno; -EFBIG if there are as many as `size` or more, -EINVAL if it is no
   regular file. */
int tc_read_small (const char *path, int flags, uint8_t *memory, uint32_t size);

#endif
