import { imageUsersOf } from '../engine/local/image/image-users.ts'
import type { Roots } from '../engine/local/state/layout.ts'
import { readProjects } from '../engine/local/state/read-projects.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { ImageDetails } from '../model/stored-image.ts'
import { findStoredImage } from './find-stored-image.ts'
import { storedImages } from './list-stored-images.ts'
import { layersOf, manifestOf, readContents, readDocument } from './store-contents.ts'

/**
 * Returns what is known of an image, by a name or the beginning of its id.
 *
 * @throws {TcomposeError} `image-not-found`.
 */
export function inspectImage(roots: Roots, wanted: ImageRequest): ImageDetails {
  const contents = readContents(roots)
  const { id } = findStoredImage(contents, wanted)
  const image = storedImages(roots, contents, imageUsersOf(roots, readProjects(roots).records)).find(
    stored => stored.id === id,
  )
  if (image === undefined) throw new Error(`Cannot inspect image ${id}: it is a folder`)
  return {
    ...image,
    document: readDocument(roots, id),
    layers: layersOf(roots, contents, id),
    manifest: manifestOf(contents, id),
  }
}
