/**
 * How often the end of a process is looked for that is not recorded. The keeper writes an end down some moments
 * after it; only if it is gone as well does nothing come.
 */
export const LOST_LOOKS = 20

/** Time until the next look at a container whose end is not written down. */
export const LOST_LOOK_MS = 100
