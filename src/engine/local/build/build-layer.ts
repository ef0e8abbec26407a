import type { LayerIndex } from '../../../store/built/layer-index.ts'
import type { LayerIndexText } from '../../../store/built/layer-index-file.ts'

/** One layer of the files of a build: of an image, or made by a step. */
export interface BuildLayer {
  /** The unpacked layer, in the form that overlayfs mounts. Its path may be another when it is read again. */
  readonly folder: string
  /** Returns what is in it; that of a layer just made resolves when it is hashed. */
  index(): Promise<LayerIndex>
  /** Does `index` without making an object of each entry. */
  indexText(): Promise<LayerIndexText>
}
