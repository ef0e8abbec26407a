import { appendEvent } from './append-event.ts'
import { type EventAction, eventsPath } from './event-record.ts'
import type { ProjectLayout } from './layout.ts'
import type { ContainerEntry } from './project-record.ts'

/** What a command has done with a container. */
export interface NotedEvent {
  readonly action: EventAction
  readonly entry: ContainerEntry
  /** Besides its name and its image. @default none */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Writes down an event for those who follow events. What keeps it from being written, as a full disk, is none of the command's. */
export function noteEvent(
  layout: Pick<ProjectLayout, 'runDir'>,
  { action, entry: { id, spec }, attributes = {} }: NotedEvent,
): void {
  const own = {
    image: spec.config.image,
    name: spec.name,
    ...(spec.slug !== undefined && { oneOff: 'true' }),
  }
  const { service, number } = spec
  try {
    appendEvent(eventsPath(layout), {
      ...{ time: Date.now(), action, id, service, number },
      attributes: { ...own, ...attributes },
    })
  } catch {
    // An event that is lost changes nothing else.
  }
}
