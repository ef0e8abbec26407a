import type { Digest } from '../../../base/digest.ts'
import type { ImageUser } from '../../../model/stored-image.ts'
import { lookupImage } from '../../../store/images/lookup-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry, ProjectRecord } from '../state/project-record.ts'

/**
 * Returns the containers of `projects` that need each image. A container that is announced and not made yet needs what
 * its reference means now.
 */
export function imageUsersOf(
  roots: Roots,
  projects: readonly ProjectRecord[],
): ReadonlyMap<Digest, readonly ImageUser[]> {
  const users = new Map<Digest, ImageUser[]>()
  for (const { project, containers } of projects) {
    for (const entry of containers.values()) {
      for (const id of neededImages(roots, entry)) {
        users.set(id, [...(users.get(id) ?? []), { project, container: entry.spec.name }])
      }
    }
  }
  return users
}

function neededImages(roots: Roots, { imageId, mountedImages, spec }: ContainerEntry): ReadonlySet<Digest> {
  if (imageId !== undefined) return new Set([imageId, ...(mountedImages?.values() ?? [])])
  const { config, platform } = spec
  const mounted = config.mounts.flatMap(mount => (mount.kind === 'image' ? [mount.image] : []))
  const found = [config.image, ...mounted].map(reference => lookupImage(roots, { reference, platform }))
  return new Set(found.flatMap(image => (image.kind === 'present' ? [image.id] : [])))
}
