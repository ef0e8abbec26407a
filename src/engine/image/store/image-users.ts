import type { Digest } from '../../../base/digest.ts'
import type { ImageUser } from '../../image-store.ts'
import { projectLayout, type Roots } from '../../state/layout.ts'
import { listProjects } from '../../state/list-projects.ts'
import { type ContainerEntry, type ProjectRecord, readProjectRecord } from '../../state/project-record.ts'
import { lookupImage } from '../resolve-image.ts'

/**
 * Returns the containers that need each image, by the records of all projects. A container that is announced and not
 * made yet needs what its reference means now.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might need anything.
 */
export function readImageUsers(roots: Roots): ReadonlyMap<Digest, readonly ImageUser[]> {
  const users = new Map<Digest, ImageUser[]>()
  for (const { project, containers } of readProjects(roots)) {
    for (const entry of containers.values()) {
      for (const id of neededImages(roots, entry)) {
        users.set(id, [...(users.get(id) ?? []), { project, container: entry.spec.name }])
      }
    }
  }
  return users
}

/** Returns the records of all projects. @throws {TcomposeError} `state-corrupt` or `state-version`. */
export function readProjects(roots: Roots): readonly ProjectRecord[] {
  return listProjects(roots).map(project => readProjectRecord(projectLayout(roots, project).record, project))
}

function neededImages(roots: Roots, { imageId, mountedImages, spec }: ContainerEntry): ReadonlySet<Digest> {
  if (imageId !== undefined) return new Set([imageId, ...(mountedImages?.values() ?? [])])
  const { config, platform } = spec
  const mounted = config.mounts.flatMap(mount => (mount.kind === 'image' ? [mount.image] : []))
  const found = [config.image, ...mounted].map(reference => lookupImage(roots, { reference, platform }))
  return new Set(found.flatMap(image => (image.kind === 'present' ? [image.id] : [])))
}
