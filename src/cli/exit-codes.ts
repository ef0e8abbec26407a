/** What a command's exit code means; `exec` passes the code of its own process on instead. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The file, or the command line itself, is wrong. */
  badInput: 2,
  /** `plan --detailed-exitcode` has found something to do. */
  changes: 3,
  /** Ctrl-C, which is SIGINT. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const
