/* The clone of a child, and what the child does before its launch program. */
#ifndef TC_SPAWN_H
#define TC_SPAWN_H

#include "launch.h"

#include <sys/resource.h>

typedef struct
{
  const tc_program *program;
  uint64_t clone_flags;
  int target_fd;         /* pidfd of the container to be born in, or -1 */
  int network_fd;        /* borrowed: its network namespace, where that is there already, or -1 */
  const char *cgroup;    /* v2 folder for CLONE_INTO_CGROUP, or NULL */
  int stdio[3];          /* borrowed */
  const int *held;       /* borrowed: files that the program copies; at most TC_MAX_HELD_FILES */
  size_t held_count;
  struct rlimit nofile;
  bool resets_oom_score;
} tc_birth;

/* A live child. One that joins a container is the bearer of the process proper, and ends once that is born;
   the sender of TC_REPORT_BORN is the process. The caller owns the descriptors. */
typedef struct
{
  pid_t pid;
  int pidfd;
  int report_fd; /* non-blocking; tc_report messages, then end-of-file */
} tc_child;

/* Returns 0, or -errno with `error` filled. Does not wait for the child. */
int tc_spawn (const tc_birth *birth, tc_child *child, tc_error *error);

#endif
