import { planToText } from '../app/index.ts'
import type { BuildCall } from '../app/load-builds.ts'
import { planBuild } from '../app/plan-build.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportDiagnostics, reportInvalid, reportWarnings } from './report.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { forecastText } from './views/forecast-text.ts'
import { safeText } from './views/safe-text.ts'

/** Writes what `build` with `options` would do. */
export async function printBuildPlan(context: CommandContext, options: BuildCall): Promise<number> {
  const { ports, request } = context
  const result = await untilInterrupted(context, ports.call(planBuild, request, options))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  reportDiagnostics(context, result.diagnostics)
  reportWarnings(context, result.plan.warnings)
  ports.stdout.write(safeText(planToText(result.plan)) + forecastText(result.builds))
  return EXIT.done
}
