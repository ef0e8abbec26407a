import {
  type BigIntStats,
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { type BytePath, nativePath } from '../../../disk/byte-path.ts'
import { getXattr, listXattrs, makeNode, setTimes, setXattr, splitDevice } from '../../../disk/inode.ts'
import { childrenOf, type TreeEntry } from '../../../disk/layered-tree.ts'
import { openRegularFile } from '../../../disk/open-regular-file.ts'

/** Copies of files that have several links, by device and inode of the original. */
export type LinkTable = Map<string, BytePath>

/**
 * Copies `entry` and all below it to `target`, which does not exist: content, owner, mode, times, extended attributes
 * and hard links. Yields after each thing, so that the caller can give way to others.
 */
export function* copyEntry(entry: TreeEntry, target: BytePath, links: LinkTable): Generator<void> {
  const { stats } = entry
  const original = links.get(`${stats.dev}:${stats.ino}`)
  if (original !== undefined) linkSync(nativePath(original), nativePath(target))
  else if (stats.isDirectory()) {
    mkdirSync(nativePath(target), { mode: 0o700 })
    for (const child of childrenOf(entry)) yield* copyEntry(child, `${target}/${child.name}`, links)
    copyAttributes(entry, target)
  } else if (copyNode(entry, target)) {
    copyAttributes(entry, target)
    if (stats.nlink > 1n) links.set(`${stats.dev}:${stats.ino}`, target)
  }
  yield
}

/**
 * Gives `target` the owner, mode, extended attributes and times of `entry`. The owner comes first: chown(2) takes
 * setuid bits and file capabilities away.
 */
export function copyAttributes({ hostPath, stats }: TreeEntry, target: BytePath): void {
  const native = nativePath(target)
  lchownSync(native, Number(stats.uid), Number(stats.gid))
  if (!stats.isSymbolicLink()) chmodSync(native, Number(stats.mode & 0o7777n))
  for (const name of listXattrs(hostPath)) {
    const value = isCopied(name) ? getXattr(hostPath, name) : undefined
    if (value !== undefined) setXattr(target, name, value)
  }
  setTimes(target, stats.mtimeNs)
}

/** Returns false for a socket, which means nothing without the process that made it, and for what is a file no more. */
function copyNode(entry: TreeEntry, target: BytePath): boolean {
  const { hostPath, stats } = entry
  if (stats.isFile()) return copyContent(entry, target)
  if (stats.isSymbolicLink()) {
    const link = readlinkSync(nativePath(hostPath), { encoding: 'latin1' })
    symlinkSync(nativePath(link), nativePath(target))
  } else if (stats.isSocket()) return false
  else makeNode(target, nodeSpecOf(stats))
  return true
}

/** Folders of the host that are images can be mounted into containers too, and change while they are copied. */
function copyContent(entry: TreeEntry, target: BytePath): boolean {
  using source = openRegularFile(entry)
  if (source === undefined) return false
  copyFileSync(`/proc/self/fd/${source.fd}`, nativePath(target), constants.COPYFILE_FICLONE)
  return true
}

function nodeSpecOf(stats: BigIntStats): Parameters<typeof makeNode>[1] {
  return { mode: Number(stats.mode), ...splitDevice(Number(stats.rdev)) }
}

/** The overlay's marks and the host's labels stay where they are. */
function isCopied(name: string): boolean {
  return !name.startsWith('trusted.') && !name.startsWith('user.overlay.') && name !== 'security.selinux'
}
