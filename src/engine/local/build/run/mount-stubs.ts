import { type BigIntStats, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { type BytePath, bytePath, nativePath } from '../../../../disk/byte-path.ts'
import { getXattr, listXattrs, setTimes } from '../../../../disk/inode.ts'
import { isOpaque, type LayeredTree, type TreeEntry } from '../../../../disk/layered-tree.ts'

/** Where something is mounted. */
export interface MountTarget {
  /** Absolute. */
  readonly path: string
  /** Else it is a folder. */
  readonly isFile: boolean
}

/** What is made for something to be mounted on. */
export interface MountStubs {
  /** The innermost last. */
  readonly made: readonly MountStub[]
  /** Folders that the step starts with and that something is made in, outermost first: they are copied into the layer. */
  readonly changed: readonly ChangedFolder[]
}

/** A file or folder that is missing. */
export interface MountStub {
  /** From the root, without a slash at either end; none of it is a link. */
  readonly path: BytePath
  readonly isFile: boolean
  /** Something is mounted on it, in a folder that is there. */
  readonly isInFolder: boolean
}

interface ChangedFolder {
  readonly path: BytePath
  readonly entry: TreeEntry
}

/** Returns what is made for mounts at `targets` on top of `tree`, links on the way followed. */
export function findMountStubs(tree: LayeredTree, targets: readonly MountTarget[]): MountStubs {
  const made = new Map<BytePath, MountStub>()
  const changed = new Map<BytePath, ChangedFolder>()
  for (const target of targets) {
    const { trail, missing } = tree.trace(target.path)
    // A folder that is made only to leave it again has no other than its own name here.
    if (missing.length === 0 || missing.includes('..')) continue
    const names = trail.slice(1).map(({ name }) => name)
    for (let count = 1; count <= missing.length; count += 1) {
      const path = [...names, ...missing.slice(0, count)].join('/')
      made.set(path, {
        path,
        isFile: target.isFile && count === missing.length,
        isInFolder: missing.length === 1,
      })
    }
    for (const [index, entry] of trail.entries()) {
      const path = names.slice(0, index).join('/')
      if (index > 0) changed.set(path, { path, entry })
    }
  }
  return { made: [...made.values()].sort(byDepth), changed: [...changed.values()].sort(byDepth) }
}

interface Located {
  readonly path: BytePath
}

function byDepth(one: Located, other: Located): number {
  return one.path.split('/').length - other.path.split('/').length
}

/**
 * Removes from the layer `upper`, which nobody writes to any more, what was made for mounts and is as empty as it was,
 * and copies of folders in which nothing else has changed.
 */
export function removeMountStubs(upper: string, { made, changed }: MountStubs): void {
  const root = bytePath(upper)
  for (const { path } of made.toReversed()) removeStub(root, path)
  for (const { path, entry } of changed.toReversed()) removeCopy(root, path, entry)
}

/** The folder above keeps its time, which tells of other changes. */
function removeStub(root: BytePath, path: BytePath): void {
  const stats = statsIn(root, path)
  const stub = `${root}/${path}`
  if (stats === undefined) return
  const parent = stub.slice(0, stub.lastIndexOf('/'))
  const { mtimeNs } = lstatSync(nativePath(parent), { bigint: true })
  if (stats.isDirectory() ? !removeEmptyFolder(stub) : !removeEmptyFile(stub, stats)) return
  setTimes(parent, mtimeNs)
}

function removeEmptyFile(path: BytePath, stats: BigIntStats): boolean {
  if (!stats.isFile() || stats.size > 0n) return false
  unlinkSync(nativePath(path))
  return true
}

function removeEmptyFolder(path: BytePath): boolean {
  if (readdirSync(nativePath(path)).length > 0) return false
  rmdirSync(nativePath(path))
  return true
}

/** An opaque folder was made anew. */
function removeCopy(root: BytePath, path: BytePath, entry: TreeEntry): void {
  const stats = statsIn(root, path)
  const copy = `${root}/${path}`
  if (stats?.isDirectory() !== true || isOpaque(copy) || !hasSameAttributes(copy, stats, entry)) return
  removeEmptyFolder(copy)
}

function hasSameAttributes(copy: BytePath, stats: BigIntStats, { stats: own, hostPath }: TreeEntry): boolean {
  const isSame = stats.mode === own.mode && stats.uid === own.uid && stats.gid === own.gid
  return isSame && xattrText(copy) === xattrText(hostPath)
}

/** Without those of overlayfs itself. */
function xattrText(path: BytePath): string {
  return listXattrs(path)
    .filter(name => !name.startsWith('trusted.overlay.'))
    .sort()
    .map(name => `${name}=${getXattr(path, name)?.toString('base64')}`)
    .join('\n')
}

/** The command may have put a link in the place of a folder, which must not lead out of the layer. */
function statsIn(root: BytePath, path: BytePath): BigIntStats | undefined {
  let at = root
  let stats: BigIntStats | undefined
  for (const name of path.split('/')) {
    if (stats !== undefined && !stats.isDirectory()) return undefined
    at = `${at}/${name}`
    stats = lstatSync(nativePath(at), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) return undefined
  }
  return stats
}
