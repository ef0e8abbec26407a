import { mountNeeds } from '../../../model/mount.ts'
import type { ContainerEntry, ProjectRecord } from '../state/project-record.ts'

/** Returns the names of the volumes that a container mounts. */
export function mountedVolumes({
  spec,
  anonymousVolumes,
  sharedMounts = [],
}: ContainerEntry): readonly string[] {
  const named = spec.config.mounts.flatMap(mount =>
    mountNeeds(mount).volumes.map(key => spec.volumeNames.get(key) ?? key),
  )
  const shared = sharedMounts.flatMap(mount => mountNeeds(mount).volumes)
  return [...new Set([...named, ...shared, ...anonymousVolumes.map(({ name }) => name)])]
}

/** Returns the names of all volumes that projects list: their own, and those of their containers. */
export function neededVolumes(projects: readonly ProjectRecord[]): ReadonlySet<string> {
  return new Set(
    projects.flatMap(({ volumes, containers }) => [
      ...[...volumes.values()].map(({ name }) => name),
      ...[...containers.values()].flatMap(mountedVolumes),
    ]),
  )
}
