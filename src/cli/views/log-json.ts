import type { LogEvent } from '../../app/index.ts'
import type { LogText } from './log-view.ts'

/**
 * Returns `event` as a line of JSON for standard output. A piece of a line that is too long to be held says
 * `"partial": true`; an end has an exit code, null where nobody saw it.
 */
export function logJson(event: LogEvent): LogText {
  const { name: container, service, number } = event
  const origin = { container, service, number }
  const fields =
    event.kind === 'line'
      ? {
          ...{ time: event.time, ...origin, stream: event.stream, line: event.text },
          ...(event.partial && { partial: true }),
        }
      : {
          ...{ ...origin, exitCode: event.exitCode ?? null, restarting: event.isRestarting },
          ...(event.outOfMemory && { outOfMemory: true }),
        }
  return { stream: 'stdout', text: `${JSON.stringify(fields)}\n` }
}
