import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'
import type { ContainerPlace } from './pause-container.ts'

/**
 * Refuses to use the owners of files as the processes of a container have them where these are users of its own: the host
 * sees other ids then. What is on disk, which is seen while it does not run, has those of the container. `action` completes
 * "Cannot ...".
 *
 * @throws {TcomposeError} `copy`.
 */
export function refuseMappedOwners(
  { roots, project, container }: Omit<ContainerPlace, 'host'>,
  action: string,
): void {
  if (readProcessState(containerLayout(roots, project, container)).kind !== 'running') return
  const { containers } = readProjectRecord(projectLayout(roots, project).record, project)
  const spec = containers.get(container)?.spec
  if (spec?.config.userns === undefined) return
  const message = `Cannot ${action} container ${spec.name}: it runs in a user namespace of its own`
  throw new TcomposeError('copy', message, { hint: `Run "tcompose stop ${spec.service}" first` })
}
