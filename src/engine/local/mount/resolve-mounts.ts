import { isAnonymousVolume } from '../../../model/mount.ts'
import { mountedImage } from '../image/container-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { anonymousMounts } from './anonymous-volumes.ts'
import { resolveMount } from './mount-kinds.ts'
import type { ResolvedMount } from './resolved-mount.ts'
import { serviceFileMounts } from './service-file-mounts.ts'

/**
 * Returns the service's mounts, those of other containers, its anonymous volumes, its secrets and its configs, with their
 * places on this host.
 *
 * @throws {TcomposeError} `bind-source-not-found`, `image-not-found`, `image-path-not-found`, `volume-subpath`.
 */
export function resolveMounts(roots: Roots, entry: ContainerEntry): readonly ResolvedMount[] {
  const { config, volumeNames } = entry.spec
  const openImage = (reference: string) => mountedImage(roots, entry, reference)
  const place = { roots, volumeNames, openImage }
  const declared = config.mounts
    .filter(mount => !isAnonymousVolume(mount))
    .map(mount => resolveMount(mount, place))
  // Their volumes have real names already.
  const shared = (entry.sharedMounts ?? []).map(mount =>
    resolveMount(mount, { ...place, volumeNames: new Map() }),
  )
  return [...declared, ...shared, ...anonymousMounts(roots, entry), ...serviceFileMounts(entry)]
}
