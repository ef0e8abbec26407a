import { join } from 'node:path'
import type { ProjectName } from '../../model/names.ts'
import { readContainerState } from '../observe/container-state.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import type { LogSource, LogSources } from './read-logs.ts'

/** The logs of a project's containers; `services` empty is all. */
export function projectLogSources(
  roots: Roots,
  project: ProjectName,
  services: readonly string[],
): LogSources {
  const { record, dataDir } = projectLayout(roots, project)
  const isWanted = ({ spec, phase }: ContainerEntry): boolean =>
    phase === 'created' && (services.length === 0 || services.includes(spec.service))
  return {
    containersDir: join(dataDir, 'containers'),
    list: () =>
      [...readProjectRecord(record, project).containers.values()]
        .filter(isWanted)
        .map(entry => logSource(roots, project, entry)),
  }
}

function logSource(roots: Roots, project: ProjectName, { id, phase, spec }: ContainerEntry): LogSource {
  const layout = containerLayout(roots, project, id)
  const state = readContainerState(phase, layout, readLiveRecord(layout.live))
  return {
    container: id,
    name: spec.name,
    service: spec.service,
    number: spec.number,
    logPath: layout.log,
    stateDir: layout.runDir,
    isLive: state.kind === 'running' || state.kind === 'restarting',
  }
}
