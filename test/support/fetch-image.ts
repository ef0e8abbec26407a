import { knownImages } from '../../src/engine/local/image/known-images.ts'
import type { FetchOptions } from '../../src/engine/local/image/source/image-source.ts'
import { imageSource } from '../../src/engine/local/image/source/image-sources.ts'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import type { Image } from '../../src/model/image.ts'
import type { ImageRequest } from '../../src/model/image-request.ts'

/** Makes an image ready to be mounted. */
export async function fetchImage(roots: Roots, wanted: ImageRequest, options: FetchOptions): Promise<Image> {
  return await imageSource(roots, wanted).fetch(options)
}

/** Opens an image that was fetched, looked up at this moment. */
export function openImage(roots: Roots, wanted: ImageRequest): Image {
  return knownImages(roots).open(wanted)
}
