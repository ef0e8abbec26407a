import type { LogEvent } from '../engine/engine.ts'
import type { LogsOptions, LogsResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

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
