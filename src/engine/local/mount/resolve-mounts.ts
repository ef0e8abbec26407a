import { isAnonymousVolume, mountOrigin } from '../../../model/mount.ts'
import { mountedImage } from '../image/container-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { anonymousMounts } from './anonymous-volumes.ts'
import { resolveMount } from './mount-kinds.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/**
 * Returns the service's mounts and its anonymous volumes with their places on this host.
 *
 * @throws {TcomposeError} `bind-source-not-found`, `image-not-found`, `image-path-not-found`, `volume-subpath`.
 */
export function resolveMounts(roots: Roots, entry: ContainerEntry): readonly ResolvedMount[] {
  const { service, config, volumeNames } = entry.spec
  const openImage = (reference: string) => mountedImage(roots, entry, reference)
  const declared = config.mounts.flatMap((mount, index) => {
    if (isAnonymousVolume(mount)) return []
    const origin = mountOrigin(service, mount, index)
    return [resolveMount(mount, { roots, origin, volumeNames, openImage })]
  })
  return [...declared, ...anonymousMounts(roots, entry)]
}
