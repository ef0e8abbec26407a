import type { ContainerId, ProjectName } from '../../model/names.ts'
import type { ContainerAccess, ContainerEvent, EventSelection } from '../container-access.ts'
import type { ContainerPlace } from './access/pause-container.ts'
import type { DockerfileReader } from './build/dockerfile-reader.ts'
import type { DeviceSources } from './host/device-sources.ts'
import type { EnginePrograms } from './host/engine-programs.ts'
import type { Roots } from './state/layout.ts'

/** What this machine's containers are reached through. */
export interface LocalContainers {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly deviceSources: DeviceSources
  readonly dockerfiles: DockerfileReader
}

/** The containers of this machine. What a command does not need is not loaded. */
export function localContainerAccess({
  roots,
  programs,
  deviceSources,
  dockerfiles,
}: LocalContainers): ContainerAccess {
  const placeOf = async (project: ProjectName, container: ContainerId): Promise<ContainerPlace> => {
    const { readEngineHost } = await import('./host/engine-host.ts')
    return { roots, host: readEngineHost(programs, deviceSources), project, container }
  }
  return {
    pause: async (project, container) => {
      const { pauseContainer } = await import('./access/pause-container.ts')
      return pauseContainer(await placeOf(project, container))
    },
    unpause: async (project, container) => {
      const { unpauseContainer } = await import('./access/pause-container.ts')
      return unpauseContainer(await placeOf(project, container))
    },
    awaitEnd: async (project, container) => {
      const { awaitEnd } = await import('./access/await-end.ts')
      return awaitEnd({ roots, project, container })
    },
    copy: async (project, container, copy) => {
      const { copyFiles } = await import('./access/copy-files.ts')
      const { noteContainerEvent } = await import('./state/note-container-event.ts')
      await copyFiles({ roots, project, container }, copy)
      const action = copy.from.kind === 'container' ? 'archive-path' : 'extract-to-dir'
      noteContainerEvent({ roots, project, container }, { action })
    },
    export: async (project, container, options) => {
      const { exportFiles } = await import('./access/export-files.ts')
      const { noteContainerEvent } = await import('./state/note-container-event.ts')
      await exportFiles({ roots, project, container }, options)
      noteContainerEvent({ roots, project, container }, { action: 'export' })
    },
    commit: async (project, container, request) => {
      const { commitContainer } = await import('./access/commit-container.ts')
      const { noteContainerEvent } = await import('./state/note-container-event.ts')
      const imageID = await commitContainer(await placeOf(project, container), request, dockerfiles)
      const attributes = { comment: request.message ?? '', imageID, imageRef: request.name ?? '' }
      noteContainerEvent({ roots, project, container }, { action: 'commit', attributes })
      return imageID
    },
    usage: async (project, container) => {
      const { readContainerUsage } = await import('./access/read-container-usage.ts')
      return readContainerUsage({ roots, project, container })
    },
    events: (project, selection) => laterEvents(roots, project, selection),
    attach: async (project, container, request) => {
      const { attachContainer } = await import('./access/attach-container.ts')
      return attachContainer({ roots, project, container }, request)
    },
    volumePlaces: async names => {
      const { readVolumeRecord } = await import('./volume/volume-record.ts')
      const { volumeLayout } = await import('./volume/volume-layout.ts')
      return names.map(name => {
        const labels = readVolumeRecord(roots, name)?.labels
        return labels && { mountpoint: volumeLayout(roots, name).data, labels }
      })
    },
  }
}

/** What follows events is loaded with the first of them. */
async function* laterEvents(
  roots: Roots,
  project: ProjectName,
  selection: EventSelection,
): AsyncGenerator<ContainerEvent> {
  const { followEvents } = await import('./access/follow-events.ts')
  yield* followEvents(roots, project, selection)
}
