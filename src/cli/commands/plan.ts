import { planToJson, planToText, type UpOptions } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommandHost, defineCommand } from '../define-command.ts'
import { EXIT } from '../exit-codes.ts'
import { reportDiagnostics, reportInvalid, reportRefused, reportWarnings } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { safeJson, safeText } from '../views/safe-text.ts'
import { addUpOptions, type UpValues, upOptions } from './up-options.ts'

/** How a plan is shown. */
export interface PlanFormat {
  readonly json?: boolean
  readonly detailedExitcode?: boolean
}

/** Adds `plan`: shows what `up` would do and why. */
export function addPlanCommand(host: CommandHost): void {
  const command = addUpOptions(
    host.program.command('plan').description('Show what "up" would do, and why').argument('[service...]'),
  )
    .option('--json', 'Show the plan as JSON')
    .option('--detailed-exitcode', 'Exit with 0 if there is nothing to do, with 3 if there is')
  defineCommand<UpValues & PlanFormat>(host, command, (context, services, values) =>
    printPlan(context, upOptions(services, values, false), values),
  )
}

/** Writes what `up` with `options` would do. */
export async function printPlan(
  context: CommandContext,
  options: UpOptions,
  { json, detailedExitcode }: PlanFormat,
): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const result = await untilInterrupted(context, app.plan(request, options))
  if (result.kind === 'invalid') return reportInvalid(context, result.diagnostics)
  if (result.kind === 'refused') return reportRefused(context, result)
  reportDiagnostics(context, result.diagnostics)
  reportWarnings(context, result.plan.warnings)
  const { plan } = result
  ports.stdout.write(json ? `${safeJson(planToJson(plan), 2)}\n` : safeText(planToText(plan)))
  return detailedExitcode && plan.steps.length > 0 ? EXIT.changes : EXIT.done
}
