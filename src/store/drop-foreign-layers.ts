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
 * `areLayersInUse`, whether containers may run on them, only where nothing else tells.
 */
export async function dropForeignLayers(roots: StorePaths, areLayersInUse: () => boolean): Promise<void> {
  if (areLayersOwn(roots)) return
  for (const path of await hideForeignLayers(roots, areLayersInUse)) await removeTree(path)
}

/** The note goes last: until then the folder that it does not fit is told from one that is new. */
async function hideForeignLayers(
  roots: StorePaths,
  areLayersInUse: () => boolean,
): Promise<readonly string[]> {
  using _store = await lockStore(roots)
  if (areLayersOwn(roots) || reclaimUsedLayers(roots, areLayersInUse)) return []
  return LAYER_NAMES.map(name => join(layersFolder(roots), name))
    .filter(path => existsSync(path))
    .map(path => {
      const hidden = join(layersFolder(roots), temporaryName())
      renameSync(path, hidden)
      return hidden
    })
}
