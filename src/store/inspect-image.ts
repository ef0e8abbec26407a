import type { ImageRequest } from '../model/image-request.ts'
import type { ImageDetails, ImageUsers } from '../model/stored-image.ts'
import { findStoredImage } from './find-stored-image.ts'
import { storedImages } from './list-stored-images.ts'
import { layersOf, manifestOf, readContents, readDocument } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Returns what is known of an image, by a name or the beginning of its id.
 *
 * @throws {TcomposeError} `image-not-found`.
 */
export function inspectImage(roots: StorePaths, wanted: ImageRequest, users: ImageUsers): ImageDetails {
  const contents = readContents(roots)
  const { id } = findStoredImage(contents, wanted)
  const image = storedImages(roots, contents, users).find(stored => stored.id === id)
  if (image === undefined) throw new Error(`Cannot inspect image ${id}: it is a folder`)
  return {
    ...image,
    document: readDocument(roots, id),
    layers: layersOf(roots, contents, id),
    manifest: manifestOf(contents, id),
  }
}
