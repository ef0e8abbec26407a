import { findBuilds } from '../app/find-builds.ts'
import { inspectBuilds } from '../app/inspect-builds.ts'
import type { BuildCall } from '../app/load-builds.ts'
import { hasErrors } from '../base/diagnostic.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportDiagnostics, reportInvalid } from './report.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { bakeDefinition } from './views/bake-definition.ts'
import { buildGraphJson, buildGraphText } from './views/build-graph-text.ts'
import { safeJson } from './views/safe-text.ts'

/** What builds are written as: a definition that `docker buildx bake` reads, or their steps. */
export type BuildsFormat = 'bake' | 'text' | 'json'

/** Writes what `build` with `options` is made of. */
export async function printBuilds(
  context: CommandContext,
  options: BuildCall,
  format: BuildsFormat,
): Promise<number> {
  if (format !== 'bake') return await printSteps(context, options, format)
  const { ports, request } = context
  const result = await untilInterrupted(context, ports.call(findBuilds, request, options))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  ports.stdout.write(`${safeJson(bakeDefinition(result.builds, options), 2)}\n`)
  return EXIT.done
}

async function printSteps(
  context: CommandContext,
  options: BuildCall,
  format: Exclude<BuildsFormat, 'bake'>,
): Promise<number> {
  const { ports, request } = context
  const work = ports.call(inspectBuilds, request, { ...options, lint: false })
  const result = await untilInterrupted(context, work)
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  const { builds } = result
  const found = builds.flatMap(({ inspection }) => inspection.diagnostics)
  if (hasErrors(found)) return reportInvalid(context, [...result.diagnostics, ...found])
  reportDiagnostics(context, result.diagnostics)
  ports.stdout.write(format === 'json' ? `${safeJson(buildGraphJson(builds), 2)}\n` : buildGraphText(builds))
  return EXIT.done
}
