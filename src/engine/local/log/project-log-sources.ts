import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isNamed } from '../../../base/named-services.ts'
import { type ProjectName, parseContainerId } from '../../../model/names.ts'
import type { ContainerState } from '../../../model/observed-state.ts'
import type { LogSelection } from '../../engine.ts'
import { readContainerState } from '../observe/container-state.ts'
import { type ContainerLayout, containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { findLockHolder } from '../state/lock-holder.ts'
import { type ContainerEntry, type ProjectRecord, readProjectRecord } from '../state/project-record.ts'
import type { LogSource, LogSources } from './log-source.ts'
import { PastEnds } from './past-ends.ts'

/** Returns the logs of the replicas of a project that `selection` wants. */
export function projectLogSources(
  roots: Roots,
  project: ProjectName,
  { services, index, sinceUp = false }: Pick<LogSelection, 'services' | 'index' | 'sinceUp'>,
): LogSources {
  const layout = projectLayout(roots, project)
  const { record, dataDir, runDir, containersRunDir, lock } = layout
  const recordOf = cachedRecord(record, project)
  const isWanted = ({ spec: { service, number, slug } }: ContainerEntry): boolean =>
    slug === undefined && isNamed(services, service) && (index === undefined || number === index)
  return {
    folders: [dataDir, join(dataDir, 'containers'), runDir, containersRunDir],
    list: () =>
      [...recordOf().containers.values()]
        .filter(isWanted)
        .map(entry => logSource(containerLayout(roots, project, entry.id), entry, sinceUp)),
    inheritedLogs: container => recordOf().containers.get(parseContainerId(container))?.inheritedLogs ?? 0,
    isBusy: () => findLockHolder(lock) !== undefined,
    pastEnds: () => new PastEnds(layout),
  }
}

/** Returns a function that reads the record when its file is another one: each version of it is. */
function cachedRecord(path: string, project: ProjectName): () => ProjectRecord {
  let known: { readonly version: string; readonly record: ProjectRecord } | undefined
  return () => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    const version = stat === undefined ? '' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`
    if (known?.version !== version) known = { version, record: readProjectRecord(path, project) }
    return known.record
  }
}

/**
 * The record says that a container was created when the command ends that did; its files are there from its start on.
 */
function logSource(layout: ContainerLayout, entry: ContainerEntry, sinceUp: boolean): LogSource {
  const { id, spec } = entry
  return {
    container: id,
    name: spec.name,
    service: spec.service,
    number: spec.number,
    logPath: layout.log,
    ...(sinceUp && { since: lastUp(layout, entry) }),
    stateDir: layout.runDir,
    state: stateOf(layout),
  }
}

/** After a reboot nothing but the creation is known. */
function lastUp({ live }: ContainerLayout, { createdAt }: ContainerEntry): string {
  const upAt = readLiveRecord(live)?.upAt ?? createdAt
  return new Date(upAt).toISOString().replace('Z', '000000Z')
}

/** Most looks are at running containers; a live record matters only for one that has ended. */
function stateOf(layout: ContainerLayout): ContainerState {
  const state = readContainerState('created', layout, { live: undefined })
  if (state.kind !== 'exited') return state
  return readContainerState('created', layout, { live: readLiveRecord(layout.live) })
}
