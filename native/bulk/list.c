#include "bulk.h"

#include "../cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* What stat(2) tells, but for the time of access. */
#define ASKED (STATX_BASIC_STATS & ~(unsigned) STATX_ATIME)

typedef struct
{
  struct dirent **entries;
  int count;
} tc_entries;

static int is_listed (const struct dirent *entry);
static int by_bytes (const struct dirent **a, const struct dirent **b);
static void entries_free (tc_entries *entries);
static int tell (int folder, const char *name, double *facts);
static double xattrs_of (const char *folder, const char *name);

uint32_t
tc_bulk_version (void)
{
  return TC_BULK_VERSION;
}

int
tc_list_folder (const char *path, int with_xattrs, char *names, uint32_t names_size, double *facts, uint32_t most)
{
  tc_auto_fd folder = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  __attribute__ ((cleanup (entries_free))) tc_entries found = { .entries = NULL, .count = 0 };
  uint32_t told = 0;
  size_t used = 0;

  if (folder < 0)
    return -errno;
  found.count = scandirat (folder, ".", &found.entries, is_listed, by_bytes);
  if (found.count < 0)
    return -errno;
  if ((uint32_t) found.count > most)
    return -ERANGE;
  for (int index = 0; index < found.count; index++)
    {
      const char *name = found.entries[index]->d_name;
      size_t size = strlen (name) + 1;
      double *own = facts + (size_t) told * TC_FACT_COUNT;
      int error = tell (folder, name, own);

      if (error == -ENOENT)
        continue;
      if (error < 0)
        return error;
      if (size > names_size - used)
        return -ERANGE;
      own[TC_FACT_XATTRS] = with_xattrs ? xattrs_of (path, name) : -1;
      memcpy (names + used, name, size);
      used += size;
      told++;
    }
  return (int) told;
}

static int
is_listed (const struct dirent *entry)
{
  return strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0;
}

static int
by_bytes (const struct dirent **a, const struct dirent **b)
{
  return strcmp ((*a)->d_name, (*b)->d_name);
}

static void
entries_free (tc_entries *entries)
{
  for (int index = 0; index < entries->count; index++)
    free (entries->entries[index]);
  free (entries->entries);
}

static int
tell (int folder, const char *name, double *facts)
{
  struct statx stats;

  if (statx (folder, name, AT_SYMLINK_NOFOLLOW, ASKED, &stats) < 0)
    return -errno;
  facts[TC_FACT_INO_HIGH] = (double) (stats.stx_ino >> 32);
  facts[TC_FACT_INO_LOW] = (double) (stats.stx_ino & UINT32_MAX);
  facts[TC_FACT_SIZE] = (double) stats.stx_size;
  facts[TC_FACT_MODE] = stats.stx_mode;
  facts[TC_FACT_NLINK] = stats.stx_nlink;
  facts[TC_FACT_UID] = stats.stx_uid;
  facts[TC_FACT_GID] = stats.stx_gid;
  facts[TC_FACT_DEV] = (double) makedev (stats.stx_dev_major, stats.stx_dev_minor);
  facts[TC_FACT_RDEV] = (double) makedev (stats.stx_rdev_major, stats.stx_rdev_minor);
  facts[TC_FACT_MTIME] = (double) stats.stx_mtime.tv_sec;
  facts[TC_FACT_MTIME_NANOSECONDS] = stats.stx_mtime.tv_nsec;
  facts[TC_FACT_CTIME] = (double) stats.stx_ctime.tv_sec;
  facts[TC_FACT_CTIME_NANOSECONDS] = stats.stx_ctime.tv_nsec;
  return 0;
}

/* Only by a path can they be asked for without opening the file. */
static double
xattrs_of (const char *folder, const char *name)
{
  char path[PATH_MAX];
  int length = snprintf (path, sizeof path, "%s/%s", folder, name);
  ssize_t size;

  if (length < 0 || (size_t) length >= sizeof path)
    return -1;
  size = llistxattr (path, NULL, 0);
  if (size < 0 && errno == ENOTSUP)
    return 0;
  return size < 0 ? -1 : (double) size;
}
