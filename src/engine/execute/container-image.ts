import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Image } from '../../model/image.ts'
import { imageById } from '../image/resolve-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/**
 * Returns the image that a container was created from.
 *
 * @throws {TcomposeError} `image-not-found` if its layers are gone.
 */
export function containerImage(roots: Roots, { spec, imageId }: ContainerEntry): Image {
  const image = imageId === undefined ? undefined : imageById(roots, imageId)
  if (image !== undefined) return image
  throw new TcomposeError(
    'image-not-found',
    `Cannot use container ${spec.name}: its image "${spec.config.image}" is gone`,
    {
      hint: 'Run "tcompose up --force-recreate"',
      origin: `services.${spec.service}.image`,
    },
  )
}
