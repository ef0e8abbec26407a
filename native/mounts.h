/* Operations on mounts. Async-signal-safe; each returns 0, or -errno with `error` filled. */
#ifndef TC_MOUNTS_H
#define TC_MOUNTS_H

#include "launch.h"

int tc_mount (const tc_operation *op, tc_error *error);
/* Takes one layer and one option after the other: no page holds them all. Needs Linux 6.5. */
int tc_mount_overlay (const tc_operation *op, tc_error *error);
/* The slot owns the tree's descriptor, which is close-on-exec. Needs Linux 5.12. */
int tc_open_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Containers can change what is below the root, so no link is followed. */
int tc_open_tree_beneath (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Empties the slot. */
int tc_move_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Like tc_move_tree, but fails with EPERM on procfs and on the root. Comes after tc_pivot_root. */
int tc_place_tree (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Leaves the working folder at "/". */
int tc_pivot_root (const char *root, tc_error *error);
int tc_mask_path (const char *path, tc_error *error);
int tc_read_only_path (const char *path, tc_error *error);
int tc_set_mount_attributes (const char *path, uint64_t attributes, tc_error *error);

#endif
