import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isUnreadable } from '../state/damaged-record.ts'
import type { Roots } from '../state/layout.ts'
import { readRegularFile } from '../state/regular-file.ts'
import { writeSharedText } from '../state/shared-record.ts'
import { layersFolder } from './layer-paths.ts'

/**
 * Tells whether the unpacked layers were unpacked where they are. The digest of a layer is that of its archive and cannot
 * be had from its files, and what copies a tree may leave out extended attributes, owners, device nodes or times. So
 * `layers/origin` names the inode of the folder that layers are unpacked into: what was restored has another.
 */
export function areLayersOwn(roots: Roots): boolean {
  const folder = unpackedFolder(roots)
  const noted = readNote(originFile(roots))
  if (noted !== undefined) return noted === inodeOf(folder)
  return !existsSync(folder) || readdirSync(folder).length === 0
}

/** Notes, once and before the first layer comes, that layers are unpacked into the folder that is there. */
export function claimLayers(roots: Roots): void {
  if (readNote(originFile(roots)) !== undefined || !areLayersOwn(roots)) return
  writeSharedText(originFile(roots), JSON.stringify({ inode: inodeOf(unpackedFolder(roots)) }))
}

/** Names of the folder of layers that go together when its layers are thrown away. */
export const LAYER_NAMES: readonly string[] = ['sha256', 'l', 'sizes', 'implied', 'origin']

function unpackedFolder(roots: Roots): string {
  return join(layersFolder(roots), 'sha256')
}

function originFile(roots: Roots): string {
  return join(layersFolder(roots), 'origin')
}

function inodeOf(path: string): string {
  return String(statSync(path, { bigint: true, throwIfNoEntry: false })?.ino)
}

/** Returns the inode that is noted; empty for a note that is damaged. */
function readNote(file: string): string | undefined {
  try {
    const text = readRegularFile(file)
    return text === undefined ? undefined : (/^\{"inode":"(\d+)"\}$/.exec(text)?.[1] ?? '')
  } catch (error) {
    if (isUnreadable(error)) return ''
    throw error
  }
}
