import {
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { type BytePath, bytePath, displayPath, nativePath } from './byte-path.ts'
import { type OpenedFile, openedFile } from './opened-file.ts'

/** How long the event loop may stand still, in milliseconds. */
const SLICE_MS = 8
/** Folders that lie deeper are moved up before they are emptied: each that is being emptied is open. */
const MOST_OPEN = 64

/**
 * Removes the file, link or folder at `path` and all below it; one that does not exist is no failure. Links are
 * removed, never followed, also those that something puts in the place of a folder meanwhile: all below `path` is
 * reached by descriptors of folders. Nothing is removed while something is mounted there or below: it would be emptied.
 * Gives way to the event loop every few milliseconds.
 *
 * @throws {TcomposeError} `system-call`, naming the first thing that cannot be removed; what stood before it is gone.
 */
export async function removeTree(path: string): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS
  for (const _ of removals(bytePath(path))) {
    if (performance.now() < sliceEnd) continue
    await new Promise(resolve => setImmediate(resolve))
    sliceEnd = performance.now() + SLICE_MS
  }
}

/** `removeTree` in one go, for small trees and for worker threads. */
export function removeTreeSync(path: BytePath): void {
  for (const _ of removals(path));
}

/** Removes one thing per step. */
function* removals(root: BytePath): Generator<void> {
  const kind = kindOf(root)
  if (kind === 'file') attempt(root, () => unlinkSync(nativePath(root)))
  if (kind !== 'folder') return
  requireNoMount(root)
  {
    using opened = openFolder(root, root)
    if (opened === undefined) return
    const removal: Removal = { top: placeOf(opened), hasMoved: false }
    do {
      removal.hasMoved = false
      yield* empty({ place: removal.top, path: root, depth: 1 }, removal)
    } while (removal.hasMoved)
  }
  attempt(root, () => rmdirSync(nativePath(root)))
}

/** proc(5): field 5 of mountinfo is the mount point, with blanks and backslashes as octal escapes. */
function requireNoMount(root: BytePath): void {
  const real = realpathSync(nativePath(root), { encoding: 'latin1' })
  for (const line of readFileSync('/proc/self/mountinfo', 'latin1').split('\n')) {
    const point = (line.split(' ', 5)[4] ?? '').replace(/\\(\d{3})/g, unescapeOctal)
    if (point === real || point.startsWith(`${real}/`)) throw mountedError(displayPath(point), undefined)
  }
}

function unescapeOctal(_escape: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8))
}

interface Removal {
  /** The way to the folder that is being removed, whatever happens to its path. */
  readonly top: BytePath
  /** Something was moved into `top`, to be removed by another walk over it. */
  hasMoved: boolean
}

/** A folder that is open. */
interface Folder {
  /** The way to it by its descriptor. */
  readonly place: BytePath
  /** What it is called in errors. */
  readonly path: BytePath
  readonly depth: number
}

function* empty({ place, path, depth }: Folder, removal: Removal): Generator<void> {
  const entries = attempt(path, () =>
    readdirSync(nativePath(place), { withFileTypes: true, encoding: 'latin1' }),
  )
  for (const entry of entries ?? []) {
    const child = { place: `${place}/${entry.name}`, path: `${path}/${entry.name}`, depth: depth + 1 }
    if (!entry.isDirectory()) attempt(child.path, () => unlinkSync(nativePath(child.place)))
    else if (depth < MOST_OPEN) yield* removeFolder(child, removal)
    else moveUp(child, removal)
    yield
  }
}

/** What is a folder no more by the time it is opened is removed as what it is. */
function* removeFolder({ place, path, depth }: Folder, removal: Removal): Generator<void> {
  using folder = openFolder(place, path)
  if (folder === undefined) return void attempt(path, () => unlinkSync(nativePath(place)))
  yield* empty({ place: placeOf(folder), path, depth }, removal)
  attempt(path, () => removeEmpty(place))
}

function removeEmpty(place: BytePath): void {
  try {
    rmdirSync(nativePath(place))
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOTDIR') throw error
    unlinkSync(nativePath(place))
  }
}

let moved = 0

function moveUp({ place, path }: Folder, removal: Removal): void {
  moved += 1
  const target = `${removal.top}/.tcompose-removing-${process.pid}-${moved}`
  attempt(path, () => renameSync(nativePath(place), nativePath(target)))
  removal.hasMoved = true
}

/** proc(5): the magic link of a descriptor leads to its file without another look at any path. */
function placeOf({ fd }: OpenedFile): BytePath {
  return `/proc/self/fd/${fd}`
}

/** Returns undefined for what is a link or no folder. */
function openFolder(place: BytePath, path: BytePath): OpenedFile | undefined {
  const fd = attempt(path, () => {
    try {
      return openSync(nativePath(place), FOLDER_ITSELF)
    } catch (error) {
      if (['ELOOP', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) return undefined
      throw error
    }
  })
  return fd === undefined ? undefined : openedFile(fd)
}

const FOLDER_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

function kindOf(path: BytePath): 'absent' | 'file' | 'folder' {
  const stats = attempt(path, () => lstatSync(nativePath(path)))
  if (stats === undefined) return 'absent'
  return stats.isDirectory() ? 'folder' : 'file'
}

function attempt<T>(path: BytePath, call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    if (error.code === 'ENOENT') return undefined
    throw removalError(displayPath(path), String(error.code), error)
  }
}

function removalError(path: string, errno: string, cause: Error): TcomposeError {
  if (errno === 'EBUSY') return mountedError(path, cause)
  return new TcomposeError('system-call', `Cannot remove "${path}": ${errno}`, { cause })
}

function mountedError(path: string, cause: unknown): TcomposeError {
  return new TcomposeError('system-call', `Cannot remove "${path}": something is mounted there (EBUSY)`, {
    hint: `Unmount it with \`umount "${path}"\``,
    cause,
  })
}
