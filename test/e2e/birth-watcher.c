/* Watches every process that appears in its PID namespace, as a container with CAP_SYS_PTRACE can, until the
   file "stop" exists in the folder that is its argument. Then writes to "result" there how many processes it
   has met before their exec, and a line for each that was not confined as the watcher itself is. With a second
   argument it has peers, which have another root: then only capabilities count. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AHEAD 16
#define LAST_PID 400000

static char own_mounts[64];
static uint64_t own_capabilities;
static struct stat own_root;
static char told[LAST_PID];
static int has_peers;

static int
read_link (int pid, const char *name, char *text, size_t size)
{
  char path[64];
  ssize_t length;

  (void) snprintf (path, sizeof (path), "/proc/%d/%s", pid, name);
  length = readlink (path, text, size - 1);
  if (length < 0)
    return -1;
  text[length] = '\0';
  return 0;
}

static int
read_capabilities (int pid, uint64_t *capabilities)
{
  char path[64], line[256];
  FILE *file;
  int result = -1;

  (void) snprintf (path, sizeof (path), "/proc/%d/status", pid);
  file = fopen (path, "r");
  if (file == NULL)
    return -1;
  while (fgets (line, sizeof (line), file) != NULL)
    if (strncmp (line, "CapEff:", 7) == 0)
      {
        *capabilities = strtoull (line + 7, NULL, 16);
        result = 0;
      }
  (void) fclose (file);
  return result;
}

/* Returns whether the process existed. */
static int
look_at (int pid, FILE *findings, unsigned *early)
{
  char link[256], path[64];
  uint64_t capabilities;
  struct stat root;

  if (read_link (pid, "ns/mnt", link, sizeof (link)) < 0)
    return 0;
  if (!has_peers && strcmp (link, own_mounts) != 0 && told[pid]++ < 3)
    (void) fprintf (findings, "%d has %s\n", pid, link);
  (void) snprintf (path, sizeof (path), "/proc/%d/root", pid);
  if (!has_peers && stat (path, &root) == 0 && (root.st_dev != own_root.st_dev || root.st_ino != own_root.st_ino)
      && told[pid]++ < 3)
    (void) fprintf (findings, "%d has another root\n", pid);
  if (read_capabilities (pid, &capabilities) == 0 && (capabilities & ~own_capabilities) != 0
      && told[pid]++ < 3)
    (void) fprintf (findings, "%d has the capabilities %lx\n", pid, (unsigned long) capabilities);
  if (read_link (pid, "exe", link, sizeof (link)) == 0 && strstr (link, "tc-keeper") != NULL)
    (*early)++;
  return 1;
}

/* The highest existing pid; the next process gets one slightly above. */
static int
last_pid (void)
{
  DIR *folder = opendir ("/proc");
  struct dirent *entry;
  int last = 1;

  while (folder != NULL && (entry = readdir (folder)) != NULL)
    if (atoi (entry->d_name) > last)
      last = atoi (entry->d_name);
  if (folder != NULL)
    (void) closedir (folder);
  return last;
}

int
main (int argc, char *argv[])
{
  FILE *findings;
  unsigned early = 0;
  int last = last_pid ();

  has_peers = argc == 3;
  if (argc < 2 || argc > 3 || chdir (argv[1]) < 0 || read_link (getpid (), "ns/mnt", own_mounts, sizeof (own_mounts)) < 0
      || read_capabilities (getpid (), &own_capabilities) < 0 || stat ("/", &own_root) < 0)
    return 1;
  findings = fopen ("result.tmp", "w");
  if (findings == NULL)
    return 1;
  for (unsigned turn = 0; turn % 256 != 0 || access ("stop", F_OK) < 0; turn++)
    for (int pid = last + 1; pid < last + AHEAD && pid < LAST_PID; pid++)
      if (look_at (pid, findings, &early) && pid > last + AHEAD / 2)
        last = pid - AHEAD / 2;
  (void) fprintf (findings, "early %u\n", early);
  (void) fclose (findings);
  return rename ("result.tmp", "result") < 0;
}
