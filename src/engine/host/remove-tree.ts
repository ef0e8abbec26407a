import { lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type BytePath, bytePath, displayPath, nativePath } from './byte-path.ts'

/** How long the event loop may stand still, in milliseconds. */
const SLICE_MS = 8
/** Folders whose path is longer are moved up before they are emptied: a path of 4096 bytes is past PATH_MAX. */
const LONGEST_PATH = 3500

/**
 * Removes the file, link or folder at `path` and all below it; one that does not exist is no failure. Links are
 * removed, never followed. Gives way to the event loop every few milliseconds.
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
  if (kind === 'folder') yield* emptyAndRemove(root, root)
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
  if (errno === 'EBUSY') {
    return new TcomposeError('system-call', `Cannot remove "${path}": something is mounted there (EBUSY)`, {
      hint: `Find the mount with \`findmnt "${path}"\` and unmount it`,
      cause,
    })
  }
  return new TcomposeError('system-call', `Cannot remove "${path}": ${errno}`, { cause })
}
