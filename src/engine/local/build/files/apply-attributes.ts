import { chmodSync, lchownSync } from 'node:fs'
import { type BytePath, nativePath } from '../../../../disk/byte-path.ts'
import { setTimes, setXattr } from '../../../../disk/inode.ts'
import type { FileAttributes } from './file-attributes.ts'

/**
 * Gives what is at `path` its owner, mode, extended attributes and times. The owner comes first: chown(2) takes set-id
 * bits and file capabilities away. A link has no mode.
 */
export function applyAttributes(
  path: BytePath,
  { mode, uid, gid, mtime, xattrs }: FileAttributes,
  isLink: boolean,
): void {
  const native = nativePath(path)
  lchownSync(native, uid, gid)
  if (!isLink) chmodSync(native, mode)
  for (const [name, value] of xattrs) setXattr(path, name, Buffer.from(value, 'base64'))
  setTimes(path, mtime)
}
