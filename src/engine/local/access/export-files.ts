import type { ContainerExport } from '../../container-access.ts'
import { openBareRoot } from './container-root.ts'
import type { ContainerPlace } from './pause-container.ts'
import { refuseMappedOwners } from './refuse-mapped-owners.ts'
import { tarChunks } from './tar-chunks.ts'

/**
 * Writes an archive of the files of a container, without what is mounted over them. Where it does not run, the caller holds the
 * project's lock.
 */
export async function exportFiles(
  place: Omit<ContainerPlace, 'host'>,
  { write, signal }: ContainerExport,
): Promise<void> {
  refuseMappedOwners(place, 'export')
  using root = await openBareRoot(place)
  await write(tarChunks({ folder: root.fd, name: '.' }, '', signal))
}
