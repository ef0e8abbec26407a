import { inspectBuilds } from '../app/inspect-builds.ts'
import type { BuildOptions } from '../app/load-builds.ts'
import { hasErrors } from '../base/diagnostic.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportDiagnostics, reportInvalid } from './report.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** Writes what is likely wrong in Dockerfiles. As docker does, ends with 1 where there is a warning. */
export async function checkBuilds(context: CommandContext, options: BuildOptions): Promise<number> {
  const { ports, request } = context
  const work = ports.call(inspectBuilds, request, { ...options, lint: true })
  const result = await untilInterrupted(context, work)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const found = result.builds.flatMap(({ inspection }) => inspection.diagnostics)
  reportDiagnostics(context, [...result.diagnostics, ...found])
  if (hasErrors(found)) return EXIT.badInput
  if (found.length > 0) return EXIT.failed
  const text = result.builds.length === 0 ? 'No services to build' : 'Check complete, no warnings found.'
  ports.stdout.write(`${text}\n`)
  return EXIT.done
}
