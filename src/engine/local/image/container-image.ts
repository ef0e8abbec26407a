import type { Digest } from '../../../base/digest.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Image } from '../../../model/image.ts'
import { imageById } from '../../../store/images/image-by-id.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/**
 * Returns the image that a container was created from.
 *
 * @throws {TcomposeError} `image-not-found` if its layers are gone.
 */
export function containerImage(roots: Roots, { spec, imageId }: ContainerEntry): Image {
  return requireImage(roots, imageId, { spec, reference: spec.config.image })
}

/**
 * Returns the image that a container mounts by `reference`, as it was when the container was created.
 *
 * @throws {TcomposeError} `image-not-found` if its layers are gone.
 */
export function mountedImage(
  roots: Roots,
  { spec, mountedImages }: ContainerEntry,
  reference: string,
): Image {
  return requireImage(roots, mountedImages?.get(reference), { spec, reference })
}

function requireImage(
  roots: Roots,
  id: Digest | undefined,
  { spec, reference }: { readonly spec: ContainerSpec; readonly reference: string },
): Image {
  const image = id === undefined ? undefined : imageById(roots, id)
  if (image !== undefined) return image
  throw new TcomposeError(
    'image-not-found',
    `Cannot use container ${spec.name}: its image "${reference}" is gone`,
    {
      hint: 'Run "tcompose up --force-recreate"',
      origin: servicePath(spec.service, 'image'),
    },
  )
}
