import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { type ContainerId, type ProjectName, parseContainerId } from '../../../model/names.ts'
import type { ContainerEvent } from '../../container-access.ts'
import type { EventRecord } from '../state/event-record.ts'
import type { ProjectLayout } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'

/** What is known of a container besides its events. */
interface Known {
  readonly image: string | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly isOneOff: boolean
}

const OWN_LABELS = 'com.docker.compose.'

/**
 * Puts what is recorded into the terms of docker compose's events, which leave out the containers of `run`. It remembers
 * containers: of one that is gone only events tell.
 */
export class EventNarrator {
  readonly #layout: ProjectLayout
  readonly #project: ProjectName
  readonly #known = new Map<string, Known>()

  constructor(layout: ProjectLayout, project: ProjectName) {
    this.#layout = layout
    this.#project = project
  }

  /** Returns what docker would tell of `event`: nothing, one event, or two. */
  tell(event: EventRecord): readonly ContainerEvent[] {
    const { action, time, id, service, attributes } = event
    if (action === 'restart' || action === 'firewall' || !/^[0-9a-f]{64}$/.test(id)) return []
    const { oomKilled, restartAt: _, process: _process, oneOff, status, command, ...rest } = attributes
    const { image, labels, isOneOff } = this.#knownOf(parseContainerId(id), event)
    if (isOneOff || oneOff !== undefined) return []
    const common = { time, id: parseContainerId(id), service }
    const told = new Map([
      ...labels,
      ...(image === undefined ? [] : [['image', image] as const]),
      ...Object.entries(rest),
    ])
    if (action === 'health')
      return [{ ...common, action: `health_status: ${status ?? ''}`, attributes: told }]
    if (command !== undefined) return [{ ...common, action: `${action}: ${command}`, attributes: told }]
    if (action === 'restarted') return [{ ...common, action: 'restart', attributes: told }]
    const { exitCode: _code, execDuration: _duration, ...unended } = Object.fromEntries(told)
    return [
      ...(oomKilled === 'true'
        ? [{ ...common, action: 'oom', attributes: new Map(Object.entries(unended)) }]
        : []),
      { ...common, action, attributes: told },
    ]
  }

  #knownOf(id: ContainerId, { attributes: { image, oneOff } }: EventRecord): Known {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const entry = unlessUnreadable(() =>
      readProjectRecord(this.#layout.record, this.#project),
    )?.containers.get(id)
    if (entry === undefined) {
      const found = { image, labels: new Map(), isOneOff: oneOff !== undefined }
      // What the supervisor tells of it does not say so.
      if (found.isOneOff) this.#known.set(id, found)
      return found
    }
    const labels = [...entry.spec.labels].filter(([name]) => !name.startsWith(OWN_LABELS))
    const isOneOff = entry.spec.slug !== undefined
    const found = { image: entry.spec.config.image, labels: new Map(labels), isOneOff }
    this.#known.set(id, found)
    return found
  }
}
