/** Owner of files, in numbers. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** What a file or folder is like in a layer, its content apart. */
export interface FileAttributes extends Owner {
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** Names and values (base64), sorted by name. */
  readonly xattrs: readonly (readonly [string, string])[]
}
