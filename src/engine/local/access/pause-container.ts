import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CgroupOwner } from '../../../linux/cgroup/cgroup.ts'
import { freeze, freezerFolder } from '../../../linux/cgroup/freeze-cgroup.ts'
import { listMembers } from '../../../linux/cgroup/remove-cgroup.ts'
import { thawCgroup } from '../../../linux/cgroup/thaw-cgroup.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import type { EngineHost } from '../host/engine-host.ts'
import {
  type ContainerLayout,
  containerLayout,
  instanceTag,
  projectLayout,
  type Roots,
} from '../state/layout.ts'
import { noteEvent } from '../state/note-event.ts'
import { isPaused, markPaused } from '../state/pause-mark.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'

/** A container of this machine. */
export interface ContainerPlace {
  readonly roots: Roots
  readonly host: Pick<EngineHost, 'cgroups'>
  readonly project: ProjectName
  readonly container: ContainerId
}

/**
 * Freezes the processes of a running container.
 *
 * @throws {TcomposeError} `pause` if it is paused already or one goes on running, `container-not-running`.
 */
export async function pauseContainer(place: ContainerPlace): Promise<void> {
  const { host } = place
  const { entry, layout, owner } = requireRunning(place, 'pause')
  if (isPaused(layout)) throw wrongState(entry, 'pause', 'it is already paused')
  const cgroup = containerCgroupOf(host.cgroups, owner)
  const folder = freezerFolder(host.cgroups, owner)
  markPaused(layout, folder)
  await freeze({ host: host.cgroups, folder, members: () => listMembers(cgroup) })
  noteEvent(projectLayout(place.roots, place.project), { action: 'pause', entry })
}

/**
 * Lets the processes of a paused container run again.
 *
 * @throws {TcomposeError} `pause` if it is not paused, `container-not-running`.
 */
export function unpauseContainer(place: ContainerPlace): void {
  const { entry, layout, owner } = requireRunning(place, 'unpause')
  if (!isPaused(layout)) throw wrongState(entry, 'unpause', 'it is not paused')
  thawCgroup(containerCgroupOf(place.host.cgroups, owner))
  noteEvent(projectLayout(place.roots, place.project), { action: 'unpause', entry })
}

interface Found {
  readonly entry: ContainerEntry
  readonly layout: ContainerLayout
  readonly owner: CgroupOwner
}

function requireRunning({ roots, project, container }: ContainerPlace, verb: string): Found {
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  const layout = containerLayout(roots, project, container)
  if (entry === undefined || readProcessState(layout).kind !== 'running') {
    throw new TcomposeError(
      'container-not-running',
      `Cannot ${verb} ${entry?.spec.name ?? container}: it is not running`,
    )
  }
  const owner = { tag: instanceTag(roots), project, id: container, parent: entry.spec.config.cgroupParent }
  return { entry, layout, owner }
}

function wrongState({ spec }: ContainerEntry, verb: string, state: string): TcomposeError {
  return new TcomposeError('pause', `Cannot ${verb} ${spec.name}: ${state}`, {
    hint: 'Run "tcompose ps" to see what is paused',
  })
}
