import {
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type BytePath, bytePath, displayPath, nativePath } from './byte-path.ts'

/** How long the event loop may stand still, in milliseconds. */
const SLICE_MS = 8
/** Folders whose path is longer are moved up before they are emptied: a path of 4096 bytes is past PATH_MAX. */
const LONGEST_PATH = 3500

/**
 * Removes the file, link or folder at `path` and all below it; one that does not exist is no failure. Links are
 * removed, never followed, and nothing is removed while something is mounted there or below: it would be emptied.
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
  if (kind === 'file') removeFile(root)
  if (kind !== 'folder') return
  requireNoMount(root)
  yield* emptyAndRemove(root, root)
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

function* emptyAndRemove(folder: BytePath, root: BytePath): Generator<void> {
  const entries = attempt(folder, () =>
    readdirSync(nativePath(folder), { withFileTypes: true, encoding: 'latin1' }),
  )
  for (const entry of entries ?? []) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* emptyAndRemove(shortened(path, root), root)
    else removeFile(path)
    yield
  }
  attempt(folder, () => rmdirSync(nativePath(folder)))
}

function removeFile(path: BytePath): void {
  attempt(path, () => unlinkSync(nativePath(path)))
}

let moved = 0

/** Returns where the folder stands after it was moved below `root`, if its path is too long to work with. */
function shortened(folder: BytePath, root: BytePath): BytePath {
  if (folder.length - root.length <= LONGEST_PATH) return folder
  moved += 1
  const path = `${root}/.tcompose-removing-${process.pid}-${moved}`
  attempt(folder, () => renameSync(nativePath(folder), nativePath(path)))
  return path
}

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
