import type { LogLine } from '../engine/engine.ts'
import type { LogsOptions, LogsResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Returns what the containers of a project wrote, and with `follow` what they write. */
export async function logs(
  context: AppContext,
  request: ProjectRequest,
  options: LogsOptions,
): Promise<LogsResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { services, follow, tail, signal, index, untilAborted = false } = options
  const { containers } = await context.engine.observe(found.name, [])
  const lines = context.engine.logs(found.name, { services, follow, tail, untilAborted, signal })
  return {
    kind: 'lines',
    lines: isNarrowed(options) ? narrowed(lines, options) : lines,
    names: containers
      .filter(({ number }) => index === undefined || number === index)
      .map(container => container.name),
  }
}

function isNarrowed({ since, until, index }: LogsOptions): boolean {
  return since !== undefined || until !== undefined || index !== undefined
}

/** RFC 3339 times in UTC with equal precision sort as text. */
async function* narrowed(
  lines: AsyncIterable<LogLine>,
  { since, until, index }: LogsOptions,
): AsyncGenerator<LogLine> {
  for await (const line of lines) {
    if (since !== undefined && line.time < since) continue
    if (until !== undefined && line.time > until) continue
    if (index !== undefined && line.number !== index) continue
    yield line
  }
}
