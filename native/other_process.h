/* The main process of another container, which the `pid` record of its keeper names: its namespaces, and
   what is mounted in them. Each returns 0, or -errno with `error` filled; ESRCH if the process has ended. */
#ifndef TC_OTHER_PROCESS_H
#define TC_OTHER_PROCESS_H

#include "launch.h"

/* Joins its namespace of one kind: CLONE_NEWPID, which is that of the caller's future children from then on,
   CLONE_NEWIPC or CLONE_NEWNS. Another kind is EINVAL. */
int tc_join_process (const char *record, int namespace, tc_error *error);

/* Clones what is mounted at a path of the other's mount namespace into a slot, which owns its descriptor. No
   link is followed; a file system of another type than the one that is asked for is EPERM. Comes before
   tc_pivot_root, and leaves the working folder at "/". */
int tc_open_tree_of (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);

#endif
