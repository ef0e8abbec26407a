import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { mountVolume, sourceOfVolume, unmountVolume } from '../volume/mounted-volume.ts'
import { mountedVolumes } from '../volume/volume-users.ts'
import { lockUses, readUses, writeUses } from '../volume/volume-uses.ts'

/** A container, and whose it is. */
export interface VolumeUser {
  readonly project: ProjectName
  readonly entry: ContainerEntry
}

/**
 * Mounts the volumes of a container that have a file system of their own, before its process is launched. What is returned
 * is disposed once the container has a live record; until then nobody else mounts or unmounts these volumes.
 *
 * @throws {TcomposeError} `volume`.
 */
export async function mountVolumesOf(roots: Roots, { project, entry }: VolumeUser): Promise<DisposableStack> {
  using locks = new DisposableStack()
  const use = `${project}/${entry.id}`
  try {
    for (const name of fileSystemsOf(roots, entry)) {
      locks.use(await lockUses(roots, name))
      writeUses(roots, name, [...new Set([...readUses(roots, name), use])])
      await mountVolume(roots, name)
    }
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    throw error.at(servicePath(entry.spec.service, 'volumes'))
  }
  return locks.move()
}

/** Unmounts those of a container that has ended, but for what another container uses. */
export async function unmountVolumesOf(roots: Roots, { project, entry }: VolumeUser): Promise<void> {
  const own = `${project}/${entry.id}`
  for (const name of fileSystemsOf(roots, entry)) {
    using _lock = await lockUses(roots, name)
    const others = readUses(roots, name).filter(use => use !== own)
    if (others.length === 0) unmountVolume(roots, name)
    writeUses(roots, name, others)
  }
}

/** In one order for all, so that nobody waits in a circle. */
function fileSystemsOf(roots: Roots, entry: ContainerEntry): readonly string[] {
  return mountedVolumes(entry)
    .filter(name => sourceOfVolume(roots, name).kind === 'filesystem')
    .sort()
}
