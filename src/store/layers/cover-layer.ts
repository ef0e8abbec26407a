import { chmodSync, lchownSync, lstatSync, mkdirSync } from 'node:fs'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { type BytePath, bytePath, nativePath } from '../../disk/byte-path.ts'
import { FileSystemSync } from '../../disk/file-system-sync.ts'
import { getXattr, listXattrs, setTimes, setXattr } from '../../disk/inode.ts'
import { isOpaque } from '../../disk/layered-tree.ts'
import type { Lease } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { isImageXattr } from './image-xattr.ts'
import { readImpliedFolders } from './implied-folders.ts'
import { splitEntryPath } from './layer-entry-path.ts'
import { layerFolder, layersFolder } from './layer-paths.ts'
import { hasLayer, storeLayer, syncLayerNames } from './layer-store.ts'

/**
 * Makes the layer on top of `diffIds`, the lowest first, and returns its digest; undefined where there is
 * nothing to cover. A folder that a layer's archive only implies has the attributes that lower layers give it, but
 * overlayfs shows those of the topmost folder. The layer holds just such folders and those on the way to them, and its
 * digest is that of their names and attributes, so that images share it.
 *
 * @param lease Keeps the layer until a record names it.
 */
export async function storeCoverLayer(
  paths: StorePaths,
  diffIds: readonly Digest[],
  lease: Lease,
): Promise<Digest | undefined> {
  const folders = coveredFolders(paths, diffIds)
  if (folders.size === 0) return undefined
  const digest = parseDigest(`sha256:${sha256Hex(`folders:${JSON.stringify([...folders])}`)}`)
  await lease.keep([`layer ${digest}`])
  if (hasLayer(paths, digest)) return digest
  const disk = new FileSystemSync(layersFolder(paths))
  const unpack = async (folder: string) => {
    makeFolders(bytePath(folder), folders)
    return { contentBytes: 0, impliedFolders: [] }
  }
  await storeLayer(paths, digest, { unpack, flush: () => disk.flush() })
  syncLayerNames(paths)
  return digest
}

/** What a folder is like. Plain data with an order of its own, to be hashed. */
interface FolderAttributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Nanoseconds since the epoch, in decimal digits. */
  readonly mtime: string
  /** Names and values, these in base64. */
  readonly xattrs: readonly (readonly [string, string])[]
}

/** One layer's part of a folder. */
interface FolderPart {
  readonly hostPath: BytePath
  readonly isOpaque: boolean
}

/** Returns what the folders of the cover are like, those on the way before those below. */
function coveredFolders(
  paths: StorePaths,
  diffIds: readonly Digest[],
): ReadonlyMap<BytePath, FolderAttributes> {
  const layers = diffIds.toReversed().map(diffId => ({
    hostPath: bytePath(layerFolder(paths, diffId)),
    implied: readImpliedFolders(paths, diffId),
  }))
  // The lowest layer hides nothing.
  const impliedAbove = new Set(layers.slice(0, -1).flatMap(layer => layer.implied))
  if (impliedAbove.size === 0) return new Map()
  const implied = new Set(layers.flatMap(layer => layer.implied.map(path => below(layer.hostPath, path))))
  const partsOf = partsFinder(layers.map(layer => partAt(layer.hostPath)))
  const saysHow = ({ hostPath }: FolderPart) => !implied.has(hostPath)
  const isMisshown = (path: BytePath): boolean => {
    const [shown, ...lower] = partsOf(path)
    const source = shown === undefined || saysHow(shown) ? undefined : lower.find(saysHow)
    return source !== undefined && !(path === '' && isPlain(source))
  }
  const covered = new Set([...impliedAbove].filter(isMisshown).flatMap(wayTo))
  return new Map(
    [...covered].sort().flatMap(path => {
      const parts = partsOf(path)
      const source = parts.find(saysHow) ?? parts[0]
      return source === undefined ? [] : [[path, attributesOf(source.hostPath)] as const]
    }),
  )
}

/**
 * Returns a function that gives the parts of a folder, the topmost first, as far as upper layers hide none; none for
 * what is no folder.
 */
function partsFinder(root: readonly FolderPart[]): (path: BytePath) => readonly FolderPart[] {
  const known = new Map<BytePath, readonly FolderPart[]>([['', root]])
  const find = (path: BytePath): readonly FolderPart[] => {
    const found = known.get(path)
    if (found !== undefined) return found
    const { folder, name } = splitEntryPath(path)
    const parts = partsBelow(find(folder), name)
    known.set(path, parts)
    return parts
  }
  return find
}

function partsBelow(folder: readonly FolderPart[], name: BytePath): readonly FolderPart[] {
  const parts: FolderPart[] = []
  for (const parent of folder) {
    const hostPath = below(parent.hostPath, name)
    const stats = lstatSync(nativePath(hostPath), { throwIfNoEntry: false })
    if (stats?.isDirectory() === false) break
    if (stats !== undefined) parts.push(partAt(hostPath))
    if (parent.isOpaque) break
  }
  return parts
}

function partAt(hostPath: BytePath): FolderPart {
  return { hostPath, isOpaque: isOpaque(hostPath) }
}

/** Tells whether a layer's own folder is as that of a layer that says nothing of it. Its time is not worth a layer. */
function isPlain({ hostPath }: FolderPart): boolean {
  const { mode, uid, gid, xattrs } = attributesOf(hostPath)
  return mode === 0o755 && uid === 0 && gid === 0 && xattrs.length === 0
}

function attributesOf(hostPath: BytePath): FolderAttributes {
  const { mode, uid, gid, mtimeNs } = lstatSync(nativePath(hostPath), { bigint: true })
  const names = listXattrs(hostPath).filter(isImageXattr).toSorted()
  const xattrs = names.map(name => [name, getXattr(hostPath, name)?.toString('base64') ?? ''] as const)
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid), mtime: String(mtimeNs), xattrs }
}

/** Attributes come when nothing is added to the folders any more, which would change their times. */
function makeFolders(root: BytePath, folders: ReadonlyMap<BytePath, FolderAttributes>): void {
  for (const path of folders.keys())
    if (path !== '') mkdirSync(nativePath(below(root, path)), { mode: 0o700 })
  for (const [path, { mode, uid, gid, mtime, xattrs }] of folders) {
    const hostPath = below(root, path)
    lchownSync(nativePath(hostPath), uid, gid)
    chmodSync(nativePath(hostPath), mode)
    for (const [name, value] of xattrs) setXattr(hostPath, name, Buffer.from(value, 'base64'))
    setTimes(hostPath, BigInt(mtime))
  }
}

/** Returns the layer itself, the folders on the way to `path`, and `path`. */
function wayTo(path: BytePath): readonly BytePath[] {
  return path === '' ? [''] : [...wayTo(splitEntryPath(path).folder), path]
}

function below(folder: BytePath, path: BytePath): BytePath {
  return path === '' ? folder : `${folder}/${path}`
}
