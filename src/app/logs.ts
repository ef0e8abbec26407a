import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import type { LogEvent } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which lines of which services to read. */
export interface LogsOptions {
  readonly services: readonly string[]
  readonly follow: boolean
  readonly tail: number | undefined
  /** RFC 3339 with nanoseconds, UTC; earlier lines are left out. */
  readonly since?: string
  /** As `since`; later lines are left out, and nothing is followed behind it. */
  readonly until?: string
  /** Leave out what a container wrote before a command last started it. @default false */
  readonly sinceUp?: boolean
  /** Counts from 1; lines of other replicas are left out. */
  readonly index?: number
  readonly signal: AbortSignal
}

/**
 * Lines of logs and ends of runs, as they come; `names` are the containers that there are, `unkept` those of them whose
 * output is not kept.
 */
export type LogsResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'lines'
      readonly events: AsyncIterable<LogEvent>
      readonly names: readonly string[]
      readonly unkept: readonly string[]
    }

/** Returns what the containers of a project wrote, and with `follow` what they write and how they end. */
export async function logs(
  context: AppContext,
  request: ProjectRequest,
  options: LogsOptions,
): Promise<LogsResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { engine } = context
  const { services, follow, tail, index, sinceUp } = options
  const selection = { services, tail, index, ...(sinceUp && { sinceUp }) }
  const { containers } = await engine.observe(found.name, [])
  const events = follow
    ? engine.follow(found.name, { ...selection, signal: endOf(options) })
    : engine.logs(found.name, selection)
  const chosen = containers.filter(
    ({ number, service }) => (index === undefined || number === index) && isNamed(services, service),
  )
  return {
    kind: 'lines',
    events: isNarrowed(options) ? narrowed(events, options) : events,
    names: chosen.map(({ name }) => name),
    unkept: chosen.filter(({ spec }) => spec?.config.logging?.kind === 'none').map(({ name }) => name),
  }
}

/** Longer than a timer can wait. */
const NEVER_MS = 2 ** 31

/** Aborts with the caller, or when the last line that is wanted may have been written. */
function endOf({ signal, until }: LogsOptions): AbortSignal {
  const remainingMs = until === undefined ? NEVER_MS : Math.max(0, Date.parse(until) - Date.now())
  return remainingMs < NEVER_MS ? AbortSignal.any([signal, AbortSignal.timeout(remainingMs)]) : signal
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
