/* Mounts that show other owners than their file system has, and the user namespaces that say which. */
#ifndef TC_OWNER_MAP_H
#define TC_OWNER_MAP_H

#include "launch.h"

/* Has the detached tree of a slot, with the mounts below it where the operation says so, show the ids on the left of
   each line of the maps as those in the middle; user_namespaces(7) has the format. Returns 0 or -errno: EINVAL
   from mount_setattr where a file system cannot do that. Needs Linux 5.12. */
int tc_map_tree (const tc_operation *op, const int slots[TC_SLOTS], tc_error *error);
/* Puts the descriptor of a user namespace with these maps, which no process is in, into the slot. */
int tc_make_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Puts that which owns the network namespace of the process into the slot; where that is the process's own, one is made
   with these maps. */
int tc_owning_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);
/* Returns the descriptor of a network namespace that belongs to a user namespace with these maps, or -errno. No process is
   in either. */
int tc_open_owned_network (const char *uid_map, const char *gid_map, tc_error *error);
/* Like tc_map_tree, by a user namespace in a slot: what is 0 in it is 0 in the file system. */
int tc_map_tree_by (const tc_operation *op, const int slots[TC_SLOTS], tc_error *error);
/* The process has every capability in the namespace afterwards, in its bounding set too, and none outside of it. */
int tc_enter_user_namespace (const tc_operation *op, int slots[TC_SLOTS], tc_error *error);

#endif
