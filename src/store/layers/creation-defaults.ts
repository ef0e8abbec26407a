import { closeSync, constants, fstatSync, openSync, unlinkSync } from 'node:fs'

/** What the kernel gives a file that is made in a folder, so that nothing is set that is so already. */
export interface CreationDefaults {
  readonly uid: number
  readonly gid: number
  /** The permission bits that it leaves of those asked for: the umask, or a default ACL, takes others away. */
  readonly keptMode: number
}

/** Makes a file in `folder`, looks at it and removes it. */
export function probeCreation(folder: string): CreationDefaults {
  const path = `${folder}/.probe`
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o777)
  try {
    const { uid, gid, mode } = fstatSync(fd)
    return { uid, gid, keptMode: mode & 0o777 }
  } finally {
    closeSync(fd)
    unlinkSync(path)
  }
}

/** Tells whether a file made with `mode` has it, special bits included. */
export function keepsMode({ keptMode }: CreationDefaults, mode: number): boolean {
  return (mode & ~keptMode) === 0
}
