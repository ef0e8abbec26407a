import {
  type BigIntStats,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  mkdirSync,
  openSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { type BytePath, nativePath } from '../../../disk/byte-path.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { statsIfAny } from '../../../disk/stats-if-any.ts'
import type { MirroredFile } from '../../engine.ts'
import type { ContainerFolders, FileOwner } from './container-folders.ts'
import { hasSameContent } from './has-same-content.ts'
import { type Place, pathOf, statsOf } from './place-in-folder.ts'
import { removePlace } from './remove-place.ts'
import { replace, type SourceFile, temporaryPlace, writeFile } from './write-file.ts'

/** Where files are mirrored to, and how. */
export interface MirrorTarget {
  readonly folders: ContainerFolders
  /** Of all that is made. @default each has the owner that it has here */
  readonly owner: FileOwner | undefined
  /** Leave what has the same bytes as it is. */
  readonly compares: boolean
}

/**
 * Makes one thing of a container what it is on this machine: a file, a link, a folder without what is in it, or nothing.
 * `stats` are of the source. Returns whether there was anything to do.
 */
export function mirrorFile(
  file: MirroredFile,
  stats: BigIntStats | undefined,
  target: MirrorTarget,
): boolean {
  if (stats?.isDirectory()) return makeFolder(file, stats, target)
  if (stats?.isSymbolicLink()) return makeLink(file, stats, target)
  if (stats?.isFile()) return makeFile(file, target)
  // What is neither, such as a socket, means nothing to another machine.
  return remove(file, target)
}

function remove({ target: path }: MirroredFile, { folders }: MirrorTarget): boolean {
  if (path === '/') return false
  const place = folders.find(path)
  if (place === undefined) return false
  removePlace(temporaryPlace(place))
  if (statsOf(place) === undefined) return false
  removePlace(place)
  return true
}

function makeFolder(
  { source, target: path, top }: MirroredFile,
  stats: BigIntStats,
  { folders, owner }: MirrorTarget,
): boolean {
  if (path === '/') return false
  const place = folders.reach(path)
  const found = statsOf(place)
  const mode = Number(stats.mode) & 0o7777
  if (found?.isDirectory() === true) return changeMode(place, mode, Number(found.mode) & 0o7777)
  if (source === top && folders.find(`${path}/.`) !== undefined) return false
  if (found !== undefined) removePlace(place)
  mkdirSync(nativePath(pathOf(place)), 0o700)
  using folder = openFolder(place)
  const { uid, gid } = owner ?? ownerOf(source)
  fchownSync(folder.fd, uid, gid)
  fchmodSync(folder.fd, mode)
  return true
}

function changeMode(place: Place, wanted: number, found: number): boolean {
  if (wanted === found) return false
  using folder = openFolder(place)
  fchmodSync(folder.fd, wanted)
  return true
}

function openFolder(place: Place): OpenedFile {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
  return openedFile(openSync(nativePath(pathOf(place)), flags))
}

function makeLink(
  { source, target: path }: MirroredFile,
  stats: BigIntStats,
  { folders, owner }: MirrorTarget,
): boolean {
  const text = readLink(source)
  const place = folders.reach(path)
  if (statsOf(place)?.isSymbolicLink() === true && readLink(pathOf(place)) === text) return false
  const temporary = temporaryPlace(place)
  removePlace(temporary)
  const native = nativePath(pathOf(temporary))
  symlinkSync(nativePath(text), native)
  const { uid, gid } = owner ?? { uid: Number(stats.uid), gid: Number(stats.gid) }
  lchownSync(native, uid, gid)
  replace(temporary, place)
  return true
}

function readLink(path: BytePath): BytePath {
  return readlinkSync(nativePath(path), { encoding: 'latin1' })
}

function makeFile(file: MirroredFile, target: MirrorTarget): boolean {
  using source = openSource(file.source)
  if (source === undefined) return remove(file, target)
  const place = target.folders.reach(pathOfFile(file, target))
  const found = statsOf(place)
  const { stats } = source
  // A folder that is mounted in the container has the file itself.
  if (found?.dev === stats.dev && found.ino === stats.ino) return false
  if (target.compares && hasSameContent(source, place)) return false
  const owner = target.owner ?? { uid: Number(stats.uid), gid: Number(stats.gid) }
  writeFile(source, place, owner)
  return true
}

/** A file that is watched by itself and copied to a folder gets its own name there, as with cp(1). */
function pathOfFile({ source, target: path, top }: MirroredFile, { folders }: MirrorTarget): BytePath {
  const isFolder = source === top && (path === '/' || folders.find(`${path}/.`) !== undefined)
  return isFolder ? posix.join(path, posix.basename(source)) : path
}

/** Returns undefined for what is gone or became something else meanwhile: it is reported as changed again. */
function openSource(path: BytePath): SourceFile | undefined {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = openedFile(openSync(nativePath(path), flags))
    const stats = fstatSync(file.fd, { bigint: true })
    if (stats.isFile()) return { ...file, stats }
    file[Symbol.dispose]()
    return undefined
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}

function ownerOf(path: BytePath): FileOwner {
  const stats = statsIfAny(path)
  return { uid: Number(stats?.uid ?? 0n), gid: Number(stats?.gid ?? 0n) }
}
