import { planToJson, planToText, type UpOptions } from '../app/index.ts'
import { plan as planUp } from '../app/plan.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { reportDiagnostics, reportInvalid, reportRefused, reportWarnings } from './report.ts'
import { showRehearsal } from './show-rehearsal.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { devicesJson, devicesText } from './views/devices-text.ts'
import { forecastJson, forecastText } from './views/forecast-text.ts'
import { safeJson, safeText } from './views/safe-text.ts'

/** How a plan is shown. */
export interface PlanFormat {
  readonly json?: boolean
  readonly detailedExitcode?: boolean
}

/** Writes what `up` with `options` would do. */
export async function printPlan(
  context: CommandContext,
  options: UpOptions,
  { json, detailedExitcode }: PlanFormat,
): Promise<number> {
  const { ports, request } = context
  const result = await untilInterrupted(context, ports.call(planUp, request, options))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (result.kind === 'refused') return reportRefused(context, result)
  reportDiagnostics(context, result.diagnostics)
  reportWarnings(context, result.plan.warnings)
  const { plan, builds = [], devices = [] } = result
  ports.stdout.write(
    json
      ? `${safeJson({ ...planToJson(plan), builds: forecastJson(builds), devices: devicesJson(devices) }, 2)}\n`
      : safeText(planToText(plan)) + devicesText(devices) + forecastText(builds),
  )
  if (context.isDryRun) await showRehearsal(context, 'up', plan)
  return detailedExitcode && plan.steps.length > 0 ? EXIT.changes : EXIT.done
}
