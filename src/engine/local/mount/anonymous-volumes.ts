import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { Image } from '../../../model/image.ts'
import { isAnonymousVolume, type Mount } from '../../../model/mount.ts'
import { forbiddenTarget } from '../../../model/mount-target.ts'
import type { Service } from '../../../model/service.ts'
import type { Roots } from '../state/layout.ts'
import type { AnonymousVolume, ContainerEntry } from '../state/project-record.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import { hostMount } from './host-mount.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** What a new container has of others. */
export interface OtherVolumes {
  /** The anonymous volumes of the container that it replaces, which stay. */
  readonly inherited: readonly AnonymousVolume[]
  /** The mounts of other containers that it has too. @default none */
  readonly shared?: readonly Mount[]
}

/**
 * Returns the anonymous volumes of a new container: for the image's VOLUMEs and those of the service that no other mount
 * covers.
 *
 * @throws {TcomposeError} `image-invalid` for a VOLUME where nothing may be mounted.
 */
export function anonymousVolumes(
  service: Service,
  image: Image,
  { inherited, shared = [] }: OtherVolumes,
): readonly AnonymousVolume[] {
  const own = service.mounts.filter(isAnonymousVolume).map(({ target }) => target)
  const covered = new Set<string>(
    [...service.mounts.filter(mount => !isAnonymousVolume(mount)), ...shared].map(({ target }) => target),
  )
  for (const target of image.config.volumes) {
    const problem = covered.has(target) ? undefined : forbiddenTarget(target)
    if (problem !== undefined) throw forbiddenVolume(service, { target, problem })
  }
  return [...new Set([...own, ...image.config.volumes])]
    .filter(target => !covered.has(target))
    .map(
      target =>
        inherited.find(volume => volume.target === target) ?? {
          target,
          name: randomBytes(32).toString('hex'),
        },
    )
}

function forbiddenVolume(
  { name, image }: Service,
  { target, problem }: { readonly target: string; readonly problem: string },
): TcomposeError {
  const message = `Cannot mount the volume that image "${image}" asks for at "${target}" in service "${name}": ${problem}`
  return new TcomposeError('image-invalid', message, {
    hint: 'Use an image without this VOLUME',
    origin: servicePath(name, 'image'),
  })
}

/** Returns the mounts of a container's anonymous volumes. */
export function anonymousMounts(
  roots: Roots,
  { spec, anonymousVolumes }: ContainerEntry,
): readonly ResolvedMount[] {
  const readOnly = new Set<string>(
    spec.config.mounts.filter(isAnonymousVolume).flatMap(mount => (mount.readOnly ? [mount.target] : [])),
  )
  return anonymousVolumes.map(({ target, name }) =>
    hostMount({
      path: volumeLayout(roots, name).data,
      isFile: false,
      target,
      readOnly: readOnly.has(target),
      recursive: true,
      isOfContainer: true,
      label: 'an anonymous volume',
      origin: servicePath(spec.service),
    }),
  )
}
