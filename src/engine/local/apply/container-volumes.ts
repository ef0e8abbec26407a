import { existsSync } from 'node:fs'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerId } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { readProjects } from '../state/read-projects.ts'
import { mountVolume, sourceOfVolume, unmountVolume } from '../volume/mounted-volume.ts'
import { mountedVolumes } from '../volume/volume-users.ts'

/**
 * Mounts the volumes of a container that have a file system of their own, before its process is launched.
 *
 * @throws {TcomposeError} `volume`.
 */
export async function mountVolumesOf(roots: Roots, entry: ContainerEntry): Promise<void> {
  try {
    for (const name of mountedVolumes(entry)) await mountVolume(roots, name)
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    throw error.at(servicePath(entry.spec.service, 'volumes'))
  }
}

/** Unmounts those of a container that has ended, but for what another container uses. */
export function unmountVolumesOf(roots: Roots, entry: ContainerEntry): void {
  const own = mountedVolumes(entry).filter(name => sourceOfVolume(roots, name).kind === 'filesystem')
  if (own.length === 0) return
  const used = usedByOthers(roots, entry.id)
  for (const name of own) if (!used.has(name)) unmountVolume(roots, name)
}

/** A container that was started and not stopped has a live record. */
function usedByOthers(roots: Roots, id: ContainerId): ReadonlySet<string> {
  return new Set(
    readProjects(roots).records.flatMap(({ project, containers }) =>
      [...containers.values()]
        .filter(other => other.id !== id && existsSync(containerLayout(roots, project, other.id).live))
        .flatMap(mountedVolumes),
    ),
  )
}
