import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../disk/remove-tree.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import { areLayersOwn, LAYER_NAMES, reclaimUsedLayers } from './layers/layer-origin.ts'
import { layersFolder } from './layers/layer-paths.ts'
import { lockStore } from './store-lock.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Throws layers away that were not unpacked where they are; they are unpacked again from their blobs. Asks
 * `areLayersInUse`, whether containers may run on them, only where nothing else decides it.
 */
export async function dropForeignLayers(paths: StorePaths, areLayersInUse: () => boolean): Promise<void> {
  if (areLayersOwn(paths)) return
  for (const path of await hideForeignLayers(paths, areLayersInUse)) await removeTree(path)
}

/** The note is removed last: until then it distinguishes the folder that it does not match from a new one. */
async function hideForeignLayers(
  paths: StorePaths,
  areLayersInUse: () => boolean,
): Promise<readonly string[]> {
  using _store = await lockStore(paths)
  if (areLayersOwn(paths) || reclaimUsedLayers(paths, areLayersInUse)) return []
  return LAYER_NAMES.map(name => join(layersFolder(paths), name))
    .filter(path => existsSync(path))
    .map(path => {
      const hidden = join(layersFolder(paths), temporaryName())
      renameSync(path, hidden)
      return hidden
    })
}
