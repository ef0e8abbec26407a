import { hasErrors } from '../base/diagnostic.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { type DesiredState, type Plan, planUp, withWait } from '../planner/index.ts'
import type { PlanResult, RunResult, UpOptions } from './app.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { reportUnchanged } from './report-unchanged.ts'
import { type PlannedRun, requireRoot, runPlan } from './run-plan.ts'

/** Makes what runs into what the file says. */
export async function up(
  context: AppContext,
  { request, options, hooks }: CommandCall<UpOptions>,
): Promise<RunResult> {
  const { project, diagnostics } = await loadRequested(context, request, options.services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  requireRoot(context)
  const desired = desiredOf(project, options)
  const run: PlannedRun = {
    name: project.name,
    project,
    origins: project.origins,
    diagnostics,
    images: imagesOf(desired),
    plan: observed => planOf(desired, observed, options),
  }
  return (await reportUnchanged(context, run, hooks)) ?? runPlan(context, run, hooks)
}

/** Returns what `up` would do. */
export async function plan(
  { engine, ...context }: AppContext,
  request: ProjectRequest,
  options: UpOptions,
): Promise<PlanResult> {
  const { project, diagnostics } = await loadRequested({ engine, ...context }, request, options.services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, options)
  const observed = await engine.observe(project.name, imagesOf(desired))
  return {
    kind: 'planned',
    plan: planOf(desired, observed, options),
    diagnostics,
    unchanged: observed.containers.length,
  }
}

function planOf(desired: DesiredState, observed: ObservedState, options: UpOptions): Plan {
  const planned = planUp(desired, observed, options)
  return options.wait ? withWait(planned, desired, observed) : planned
}

function imagesOf({ services }: DesiredState): readonly string[] {
  return [...new Set(services.map(service => service.config.image))]
}
