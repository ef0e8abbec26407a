/* Folders that nobody uses any more. */
#ifndef TC_TREE_H
#define TC_TREE_H

/* Removes the folder at `path` and what is in it, as far as that goes: what stays is left to whoever sweeps. No link is
   followed and no mount entered; of mounts only files of namespaces are unmounted. While it works the folder is locked
   (flock). */
void tc_tree_remove (const char *path);

#endif
