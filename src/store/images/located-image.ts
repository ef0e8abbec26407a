import type { ContentSource } from '../../archive/content-source.ts'
import type { ResolvedImage } from '../../oci/resolved-image.ts'

/** An image that was found, and where its files are. */
export interface LocatedImage {
  readonly found: ResolvedImage
  readonly source: ContentSource
}

/** An image's files, which may be temporary: they are there until it is disposed. */
export interface OpenedImage extends LocatedImage, AsyncDisposable {}
