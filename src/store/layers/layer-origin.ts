import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isUnreadable } from '../../base/is-unreadable.ts'
import { readRecord, writeSharedRecord } from '../../disk/record-file.ts'
import { readRegularFile } from '../../disk/regular-file.ts'
import type { StorePaths } from '../store-paths.ts'
import { layersFolder } from './layer-paths.ts'

const NOTE_VERSION = 1

/**
 * Tells whether the unpacked layers were unpacked where they are. The digest of a layer is that of its archive and
 * cannot be had from its files, and what copies a tree may leave out extended attributes, owners, device nodes or
 * times. So `layers/origin` names the inode of the folder that layers are unpacked into: what was restored has another.
 */
export function areLayersOwn(paths: StorePaths): boolean {
  const folder = unpackedFolder(paths)
  const noted = readNote(originFile(paths))
  if (noted === 'damaged') return false
  if (noted !== undefined) return noted.inode === inodeOf(folder)
  return !existsSync(folder) || readdirSync(folder).length === 0
}

/** Notes, once and before the first layer comes, that layers are unpacked into the folder that is there. */
export function claimLayers(paths: StorePaths): void {
  if (readNote(originFile(paths)) !== undefined || !areLayersOwn(paths)) return
  writeNote(paths)
}

/**
 * Notes again where layers were unpacked if the note is damaged or gone while containers run, and returns whether it
 * did: what was restored has none that run on it, and to throw away what they run on would take their files.
 */
export function reclaimUsedLayers(paths: StorePaths, areLayersInUse: () => boolean): boolean {
  const noted = readNote(originFile(paths))
  if ((noted !== undefined && noted !== 'damaged') || !areLayersInUse()) return false
  writeNote(paths)
  return true
}

function writeNote(paths: StorePaths): void {
  writeSharedRecord(originFile(paths), { version: NOTE_VERSION, inode: inodeOf(unpackedFolder(paths)) })
}

/** Names of the folder of layers that go together when its layers are thrown away. */
export const LAYER_NAMES: readonly string[] = ['sha256', 'l', 'sizes', 'implied', 'index', 'packed', 'origin']

function unpackedFolder(paths: StorePaths): string {
  return join(layersFolder(paths), 'sha256')
}

function originFile(paths: StorePaths): string {
  return join(layersFolder(paths), 'origin')
}

function inodeOf(path: string): string {
  return String(statSync(path, { bigint: true, throwIfNoEntry: false })?.ino)
}

/** Returns what is noted; a note of an earlier version has no checksum. */
function readNote(file: string): { readonly inode: string } | 'damaged' | undefined {
  try {
    const earlier = /^\{"inode":"(\d+)"\}$/.exec(readRegularFile(file) ?? '')?.[1]
    if (earlier !== undefined) return { inode: earlier }
    const note = readRecord(file, NOTE_VERSION)
    if (note === undefined) return undefined
    return typeof note['inode'] === 'string' ? { inode: note['inode'] } : 'damaged'
  } catch (error) {
    if (isUnreadable(error)) return 'damaged'
    throw error
  }
}
