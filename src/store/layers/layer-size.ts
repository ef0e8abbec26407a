import { lstatSync, readdirSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type BytePath, bytePath, nativePath } from '../../disk/byte-path.ts'
import { readRegularFile } from '../../disk/regular-file.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import type { StorePaths } from '../store-paths.ts'
import { layerFolder, layerSizeFile, layersFolder } from './layer-paths.ts'

/**
 * Returns the bytes of all files of an unpacked layer, each counted once however many hard links it has; 0 for a layer
 * that is not there. It was written down when the layer was unpacked; where that is missing, it is counted once.
 */
export function layerSize(roots: StorePaths, diffId: Digest): number {
  const noted = readSize(layerSizeFile(roots, diffId))
  if (noted !== undefined) return noted
  const folder = layerFolder(roots, diffId)
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return 0
  const counted = treeSize(folder)
  noteIfAllowed(roots, diffId, counted)
  return counted
}

/** Writes down the bytes of the layer's files. Not durable: what a power cut takes is counted again. */
export function writeLayerSize(roots: StorePaths, diffId: Digest, bytes: number): void {
  writeAtomic(layerSizeFile(roots, diffId), `${bytes}\n`, { temporaries: layersFolder(roots) })
}

/** Returns the bytes of all files below `folder`, each counted once however many hard links it has; 0 if it is gone. */
export function treeSize(folder: string): number {
  return sizeBelow(bytePath(folder), new Set())
}

function sizeBelow(folder: BytePath, seen: Set<string>): number {
  let bytes = 0
  for (const entry of entriesOf(folder)) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) bytes += sizeBelow(path, seen)
    else if (entry.isFile()) bytes += sizeOfFile(path, seen)
  }
  return bytes
}

function entriesOf(folder: BytePath) {
  try {
    return readdirSync(nativePath(folder), { withFileTypes: true, encoding: 'latin1' })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoNameOf(error) ?? '')) return []
    throw error
  }
}

/** A file may go while its neighbours are counted. */
function sizeOfFile(path: BytePath, seen: Set<string>): number {
  const stats = lstatSync(nativePath(path), { throwIfNoEntry: false })
  if (stats === undefined) return 0
  if (stats.nlink < 2) return stats.size
  const inode = `${stats.dev}:${stats.ino}`
  if (seen.has(inode)) return 0
  seen.add(inode)
  return stats.size
}

function readSize(file: string): number | undefined {
  try {
    const text = readRegularFile(file) ?? ''
    return /^\d{1,15}\n$/.test(text) ? Number(text) : undefined
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}

/** Who may only read the store counts each time. */
function noteIfAllowed(roots: StorePaths, diffId: Digest, bytes: number): void {
  try {
    writeLayerSize(roots, diffId, bytes)
  } catch (error) {
    if (!['ENOENT', 'EACCES', 'EROFS'].includes(errnoNameOf(error) ?? '')) throw error
  }
}
