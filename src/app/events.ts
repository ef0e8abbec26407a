import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import type { ContainerEvent, EventSelection } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Whose events, and of which time. */
export interface EventsOptions extends EventSelection {
  /** Empty is all. */
  readonly services: readonly string[]
}

/** The stream of events. */
export type EventsResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'found'; readonly events: AsyncIterable<ContainerEvent> }

/** Returns what happens to the containers of a project, or of some of its services. */
export async function events(
  context: AppContext,
  request: ProjectRequest,
  { services, ...selection }: EventsOptions,
): Promise<EventsResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  const all = context.engine.containers.events(found.name, selection)
  return { kind: 'found', events: ofServices(all, services) }
}

async function* ofServices(
  all: AsyncIterable<ContainerEvent>,
  services: readonly string[],
): AsyncGenerator<ContainerEvent> {
  for await (const event of all) if (isNamed(services, event.service)) yield event
}
