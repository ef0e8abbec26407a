/* Mounts that show other owners than their file system has. */
#ifndef TC_OWNER_MAP_H
#define TC_OWNER_MAP_H

#include "launch.h"

/* Has the detached tree of a slot, with the mounts below it where the operation says so, show the ids on the left of
   each line of the maps as those in the middle; user_namespaces(7) has the format. Returns 0 or -errno: EINVAL
   from mount_setattr where a file system cannot do that. Needs Linux 5.12. */
int tc_map_tree (const tc_operation *op, const int slots[TC_SLOTS], tc_error *error);

#endif
