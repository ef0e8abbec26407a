import type { RunningResult } from '../app/on-running-containers.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportFailure, reportInvalid } from './report.ts'
import { containerThing } from './views/progress-words.ts'
import { writeStatus } from './write-status.ts'

/** Names what something was done with, `done` being what has happened to it, e.g. `Killed`, and returns the exit code. */
export function reportContainers(context: CommandContext, result: RunningResult, done: string): number {
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  for (const name of result.names) writeStatus(context, containerThing(name), done)
  for (const error of result.errors) reportFailure(context, error)
  return result.errors.length === 0 ? EXIT.done : EXIT.failed
}
