import type { FileAttributes } from './file-attributes.ts'

const S_ISGID = 0o2000

/**
 * Returns what a folder is like that mkdir(2) makes in `parent`: in one with the set-group-id bit it gets the bit and
 * the group; see inode(7).
 *
 * @param isOwned An owner is set afterwards, so the group is that owner's.
 */
export function asMkdir(made: FileAttributes, parent: FileAttributes, isOwned: boolean): FileAttributes {
  if ((parent.mode & S_ISGID) === 0) return made
  return { ...made, mode: made.mode | S_ISGID, gid: isOwned ? made.gid : parent.gid }
}
