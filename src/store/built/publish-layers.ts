import type { Digest } from '../../base/digest.ts'
import { FileSystemSync } from '../../disk/file-system-sync.ts'
import { removeTree } from '../../disk/remove-tree.ts'
import { writeImpliedFolders } from '../layers/implied-folders.ts'
import { layersFolder } from '../layers/layer-paths.ts'
import { writeLayerSize } from '../layers/layer-size.ts'
import { hasLayer, makeLayerStore, nameLayer, syncLayerNames } from '../layers/layer-store.ts'
import type { Lease, LeasedThing } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { writeLayerIndex } from './read-layer-index.ts'
import type { SealedLayer } from './seal-layer.ts'

/** A layer that was made and hashed. */
export interface UnpublishedLayer {
  /** On the file system of the layers, below a temporary name of their folder. It is gone afterwards. */
  readonly folder: string
  readonly sealed: SealedLayer
}

/**
 * Puts layers into the store, without copying anything. They get their names together, after one flush of the disk, so
 * that a power cut cannot leave a name without its content. Names are on the disk when this returns. Of processes that
 * publish one layer the first wins, and the copies of the others are removed.
 *
 * @param lease Keeps the layers until a record names them.
 */
export async function publishLayers(
  paths: StorePaths,
  layers: readonly UnpublishedLayer[],
  lease: Lease,
): Promise<void> {
  if (layers.length === 0) return
  await lease.keep(layers.map(({ sealed }): LeasedThing => `layer ${sealed.diffId}`))
  makeLayerStore(paths)
  const own = new Map<Digest, UnpublishedLayer>()
  for (const layer of layers) {
    const { diffId } = layer.sealed
    if (!own.has(diffId) && !hasLayer(paths, diffId)) own.set(diffId, layer)
  }
  if (own.size > 0) {
    for (const { sealed } of own.values()) writeNotes(paths, sealed)
    await new FileSystemSync(layersFolder(paths)).flush()
    for (const [diffId, { folder }] of own) nameLayer(paths, diffId, folder)
    syncLayerNames(paths)
  }
  for (const { folder } of layers) await removeTree(folder)
}

/** What the layer's own folder is like is not in its archive: images that it is part of get it from lower layers. */
function writeNotes(paths: StorePaths, { diffId, contentBytes, indexBytes }: SealedLayer): void {
  writeLayerSize(paths, diffId, contentBytes)
  writeImpliedFolders(paths, diffId, [''])
  writeLayerIndex(paths, diffId, indexBytes)
}
