import { lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { type Digest, digestHex } from '../../base/digest.ts'
import { removeTree } from '../host/remove-tree.ts'
import type { Roots } from '../state/layout.ts'
import { isAbandoned, temporaryName } from '../state/temporary-name.ts'

/**
 * The unpacked layers of all images: `layers/sha256/<hex of the diffID>/`, and for each a link
 * `layers/l/<first 16 hex digits>`, because all layers of a mount must fit into one page of options. What a process
 * unpacks stands in `layers/tmp-<pid>-<start time>-<count>` until it is whole.
 */
export function layersFolder(roots: Roots): string {
  return join(roots.data, 'layers')
}

/** Returns the folder for overlayfs: the short link where there is one, as with every layer that was stored. */
export function layerPath(roots: Roots, diffId: Digest): AbsolutePath {
  const isLinked = linkTarget(roots, diffId) === longTarget(diffId)
  const path = isLinked ? shortLink(roots, diffId) : longFolder(roots, diffId)
  return parseAbsolutePath(path)
}

/** Tells whether the layer is there, whole. Costs two system calls. */
export function hasLayer(roots: Roots, diffId: Digest): boolean {
  return linkTarget(roots, diffId) !== undefined && exists(longFolder(roots, diffId))
}

/**
 * Stores what `unpack` leaves in the empty folder that it is given. Safe beside other processes that store the same
 * layer: the first to finish wins, and the copy of the others is removed.
 */
export async function storeLayer(
  roots: Roots,
  diffId: Digest,
  unpack: (folder: string) => Promise<void>,
): Promise<void> {
  makeStore(roots)
  if (!exists(longFolder(roots, diffId))) {
    const temporary = join(layersFolder(roots), temporaryName())
    mkdirSync(temporary, { mode: 0o700 })
    try {
      await unpack(temporary)
      publish(temporary, longFolder(roots, diffId))
    } finally {
      await removeTree(temporary)
    }
  }
  link(roots, diffId)
}

/** Removes what processes left in `folder` that ended before it was whole. */
export async function sweepTemporaries(folder: string): Promise<void> {
  if (!exists(folder)) return
  for (const name of readdirSync(folder)) {
    if (isAbandoned(name)) await removeTree(join(folder, name))
  }
}

/** rename(2) refuses a folder that is there and not empty: another process was first. */
function publish(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error
  }
}

function link(roots: Roots, diffId: Digest): void {
  try {
    symlinkSync(longTarget(diffId), shortLink(roots, diffId))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/** Layers hold setuid programs and device nodes: nobody else may reach them. */
function makeStore(roots: Roots): void {
  for (const folder of ['sha256', 'l']) {
    mkdirSync(join(layersFolder(roots), folder), { recursive: true, mode: 0o700 })
  }
}

function longFolder(roots: Roots, diffId: Digest): string {
  return join(layersFolder(roots), 'sha256', digestHex(diffId))
}

function shortLink(roots: Roots, diffId: Digest): string {
  return join(layersFolder(roots), 'l', digestHex(diffId).slice(0, 16))
}

function longTarget(diffId: Digest): string {
  return `../sha256/${digestHex(diffId)}`
}

function linkTarget(roots: Roots, diffId: Digest): string | undefined {
  try {
    return readlinkSync(shortLink(roots, diffId))
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
