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
  const { services, follow, tail, signal, since, untilAborted = false } = options
  const { containers } = await context.engine.observe(found.name, [])
  const lines = context.engine.logs(found.name, { services, follow, tail, untilAborted, signal })
  return {
    kind: 'lines',
    lines: since === undefined ? lines : writtenSince(lines, since),
    names: containers.map(container => container.name),
  }
}

/** RFC 3339 times in UTC with equal precision sort as text. */
async function* writtenSince(lines: AsyncIterable<LogLine>, since: string): AsyncGenerator<LogLine> {
  for await (const line of lines) if (line.time >= since) yield line
}
