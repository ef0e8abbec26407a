import type { RunningResult } from '../app/on-running-containers.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportFailure, reportInvalid } from './report.ts'
import { DRY_RUN } from './views/progress-plain.ts'
import { safeLine } from './views/safe-text.ts'

/** Names what something was done with, `done` being what has happened to it, e.g. `Killed`, and returns the exit code. */
export function reportContainers(context: CommandContext, result: RunningResult, done: string): number {
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const start = context.isDryRun ? DRY_RUN : ''
  for (const name of result.names)
    context.ports.stderr.write(`${start} Container ${safeLine(name)}  ${done}\n`)
  for (const error of result.errors) reportFailure(context, error)
  return result.errors.length === 0 ? EXIT.done : EXIT.failed
}
