import type { Diagnostic } from '../base/diagnostic.ts'
import type { LogEvent } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which lines of which services to read. */
export interface LogsOptions {
  readonly services: readonly string[]
  readonly follow: boolean
  readonly tail: number | undefined
  /** RFC 3339; earlier lines are left out. */
  readonly since?: string
  /** RFC 3339; later lines are left out. */
  readonly until?: string
  /** Counts from 1; lines of other replicas are left out. */
  readonly index?: number
  readonly signal: AbortSignal
}

/** Lines of logs and ends of runs, as they come; `names` are the containers that there are. */
export type LogsResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'lines'; readonly events: AsyncIterable<LogEvent>; readonly names: readonly string[] }

/** Returns what the containers of a project wrote, and with `follow` what they write and how they end. */
export async function logs(
  context: AppContext,
  request: ProjectRequest,
  options: LogsOptions,
): Promise<LogsResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { engine } = context
  const { services, follow, tail, signal, index } = options
  const selection = { services, tail, index }
  const { containers } = await engine.observe(found.name, [])
  const events = follow
    ? engine.follow(found.name, { ...selection, signal })
    : engine.logs(found.name, selection)
  return {
    kind: 'lines',
    events: isNarrowed(options) ? narrowed(events, options) : events,
    names: containers
      .filter(({ number }) => index === undefined || number === index)
      .map(container => container.name),
  }
}

function isNarrowed({ since, until }: LogsOptions): boolean {
  return since !== undefined || until !== undefined
}

/** RFC 3339 times in UTC with equal precision sort as text. */
async function* narrowed(
  events: AsyncIterable<LogEvent>,
  { since, until }: LogsOptions,
): AsyncGenerator<LogEvent> {
  for await (const event of events) {
    if (event.kind === 'line' && since !== undefined && event.time < since) continue
    if (event.kind === 'line' && until !== undefined && event.time > until) continue
    yield event
  }
}
