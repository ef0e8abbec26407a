/**
 * The keeper has 256 places to hold a mount between its opening and its placing. No mount of a spec uses the last four: one
 * is for what is placed at once, two are for what comes from containers that are joined, one holds a user namespace.
 */
export const SPARE_SLOT = 255
/** The /proc of a container whose PID namespace is joined. */
export const JOINED_PROC_SLOT = 254
/** The shared memory of a container whose IPC namespace is joined. */
export const JOINED_SHM_SLOT = 253
/** The container's own user namespace, until the process enters it. */
export const USER_NAMESPACE_SLOT = 252
/** How many mounts a spec may have. */
export const MAX_SOURCES: number = USER_NAMESPACE_SLOT
