import type { Digest } from '../../../base/digest.ts'
import type { LayerIndex } from '../../../store/built/layer-index.ts'
import type { LayerSealer } from '../../../store/built/layer-sealer.ts'
import { readLayerIndex, readLayerIndexText } from '../../../store/built/read-layer-index.ts'
import { layerPath } from '../../../store/layers/layer-store.ts'
import type { Roots } from '../state/layout.ts'
import type { BuildLayer } from './build-layer.ts'

/** Returns a layer of the store. `sealer` makes its index where there is none. */
export function storedLayer(roots: Roots, diffId: Digest, sealer: LayerSealer): BuildLayer {
  let index: Promise<LayerIndex> | undefined
  return {
    indexText: () => readLayerIndexText(roots, diffId, sealer),
    folder: layerPath(roots, diffId),
    index: () => {
      index ??= readLayerIndex(roots, diffId, sealer)
      return index
    },
  }
}
