import type { Digest } from '../../base/digest.ts'
import type { ImageKey } from '../images/image-key.ts'
import type { ImageParts, LayerPart } from './image-parts.ts'

/** An image to put into an archive. */
export interface SavedImage {
  readonly parts: ImageParts<LayerPart>
  /** Sorted; none for an image that was asked for by its id. */
  readonly names: readonly SavedName[]
}

/** A full reference of an image, and the index by which its registry knows it, where that is another document. */
export interface SavedName {
  readonly reference: ImageKey
  readonly index: Digest | undefined
}
