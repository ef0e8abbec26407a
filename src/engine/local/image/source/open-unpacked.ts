import type { Image } from '../../../../model/image.ts'
import type { ImageRequest } from '../../../../model/image-request.ts'
import type { ObservedImage } from '../../../../model/observed-state.ts'
import { imageNotFound } from '../../../../oci/image-errors.ts'
import { imageById } from '../../../../store/images/image-by-id.ts'
import type { Roots } from '../../state/layout.ts'

/** Opens `found` from the store. @throws {TcomposeError} `image-not-found` if it is not unpacked there. */
export function openUnpacked(roots: Roots, { reference }: ImageRequest, found: ObservedImage): Image {
  const image = found.kind === 'present' ? imageById(roots, found.id) : undefined
  if (image !== undefined) return { ...image, reference }
  throw imageNotFound(reference, 'it is not unpacked', 'Run `tcompose up`')
}
