import type { Digest } from '../../../base/digest.ts'
import { mountNeeds } from '../../../model/mount.ts'
import type { ImageUser } from '../../../model/stored-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry, ProjectRecord } from '../state/project-record.ts'
import { type KnownImages, knownImages } from './known-images.ts'

/**
 * Returns the containers of `projects` that need each image. A container that is announced and not made yet needs what
 * its reference means now.
 */
export function imageUsersOf(
  roots: Roots,
  projects: readonly ProjectRecord[],
): ReadonlyMap<Digest, readonly ImageUser[]> {
  const known = knownImages(roots)
  const users = new Map<Digest, ImageUser[]>()
  for (const { project, containers } of projects) {
    for (const entry of containers.values()) {
      for (const id of neededImages(known, entry)) {
        users.set(id, [...(users.get(id) ?? []), { project, container: entry.spec.name }])
      }
    }
  }
  return users
}

function neededImages(
  known: KnownImages,
  { imageId, mountedImages, spec }: ContainerEntry,
): ReadonlySet<Digest> {
  if (imageId !== undefined) return new Set([imageId, ...(mountedImages?.values() ?? [])])
  const { config, platform } = spec
  const mounted = config.mounts.flatMap(mount => mountNeeds(mount).images)
  const found = [config.image, ...mounted].map(reference => known.lookup({ reference, platform }))
  return new Set(found.flatMap(image => (image.kind === 'present' ? [image.id] : [])))
}
