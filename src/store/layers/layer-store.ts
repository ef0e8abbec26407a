import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Digest } from '../../base/digest.ts'
import { removeTree } from '../../disk/remove-tree.ts'
import { isAbandoned, temporaryName } from '../../disk/temporary-name.ts'
import type { StorePaths } from '../store-paths.ts'
import { writeImpliedFolders } from './implied-folders.ts'
import { claimLayers } from './layer-origin.ts'
import { layerFolder, layerLink, layerLinkTarget, layersFolder } from './layer-paths.ts'
import { writeLayerSize } from './layer-size.ts'
import type { UnpackedLayer } from './unpack-layer.ts'

/** Returns the folder for overlayfs: the short link where there is one, as with every layer that was stored. */
export function layerPath(paths: StorePaths, diffId: Digest): AbsolutePath {
  const isLinked = linkTarget(paths, diffId) === layerLinkTarget(diffId)
  const path = isLinked ? layerLink(paths, diffId) : layerFolder(paths, diffId)
  return parseAbsolutePath(path)
}

/** Returns a folder with nothing in it, for mounts that want one more than an image has. It is made where it misses. */
export function emptyLayer(paths: StorePaths): AbsolutePath {
  const folder = join(layersFolder(paths), 'empty')
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  return parseAbsolutePath(folder)
}

/** Tells whether the layer is there, whole. Costs two system calls. */
export function hasLayer(paths: StorePaths, diffId: Digest): boolean {
  return linkTarget(paths, diffId) !== undefined && exists(layerFolder(paths, diffId))
}

/** How a layer comes into its folder. */
export interface LayerMaking {
  /** Fills the empty folder that it is given. */
  readonly unpack: (folder: string) => Promise<UnpackedLayer>
  /** Brings what was written onto the disk. */
  readonly flush: () => Promise<void>
}

/**
 * Stores a layer. It has its name only when it is whole on the disk, so that a power cut cannot leave a part that
 * counts. Safe beside other processes that store the same layer: the first to finish wins, and the copy of the others
 * is removed.
 */
export async function storeLayer(
  paths: StorePaths,
  diffId: Digest,
  { unpack, flush }: LayerMaking,
): Promise<void> {
  makeLayerStore(paths)
  if (!exists(layerFolder(paths, diffId))) {
    const temporary = join(layersFolder(paths), temporaryName())
    mkdirSync(temporary, { mode: 0o700 })
    try {
      const { contentBytes, impliedFolders } = await unpack(temporary)
      writeLayerSize(paths, diffId, contentBytes)
      writeImpliedFolders(paths, diffId, impliedFolders)
      await flush()
      nameLayer(paths, diffId, temporary)
    } finally {
      await removeTree(temporary)
    }
  }
  link(paths, diffId)
}

/**
 * Gives the layer in `folder`, a temporary name of the layers' folder, its name. It must be whole on the disk. Where
 * another process was first, `folder` is still there afterwards, else it is gone.
 */
export function nameLayer(paths: StorePaths, diffId: Digest, folder: string): void {
  publish(folder, layerFolder(paths, diffId))
  link(paths, diffId)
}

/** Makes the names of stored layers last: they are on the disk when this returns. */
export function syncLayerNames(paths: StorePaths): void {
  makeLayerStore(paths)
  for (const folder of ['sha256', 'l']) {
    const fd = openSync(join(layersFolder(paths), folder), 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
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

function link(paths: StorePaths, diffId: Digest): void {
  try {
    symlinkSync(layerLinkTarget(diffId), layerLink(paths, diffId))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/** Makes the folders of layers. Layers hold setuid programs and device nodes: no other user may reach them. */
export function makeLayerStore(paths: StorePaths): void {
  for (const folder of ['sha256', 'l', 'sizes', 'implied']) {
    mkdirSync(join(layersFolder(paths), folder), { recursive: true, mode: 0o700 })
  }
  claimLayers(paths)
}

function linkTarget(paths: StorePaths, diffId: Digest): string | undefined {
  try {
    return readlinkSync(layerLink(paths, diffId))
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
