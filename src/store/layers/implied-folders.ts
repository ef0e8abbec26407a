import { readFileSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { BytePath } from '../../disk/byte-path.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import type { StorePaths } from '../store-paths.ts'
import { impliedFoldersFile, layersFolder } from './layer-paths.ts'

/** NUL is the one byte, besides the slash, that no name has. It ends each path, the empty one too. */
const END = '\0'

/**
 * Returns the folders of an unpacked layer that its archive has no entry for, as paths in the layer, the layer itself
 * as an empty one. None for a layer that was unpacked before this was written down, and where it is no file any more.
 */
export function readImpliedFolders(paths: StorePaths, diffId: Digest): readonly BytePath[] {
  try {
    return readFileSync(impliedFoldersFile(paths, diffId), 'latin1').split(END).slice(0, -1)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoNameOf(error) ?? '')) return []
    throw error
  }
}

/** Writes `folders` down, for a layer that is about to get its name. */
export function writeImpliedFolders(paths: StorePaths, diffId: Digest, folders: readonly BytePath[]): void {
  if (folders.length === 0) return
  const content = Buffer.from(folders.map(path => `${path}${END}`).join(''), 'latin1')
  writeAtomic(impliedFoldersFile(paths, diffId), content, { temporaries: layersFolder(paths) })
}
