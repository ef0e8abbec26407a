import { hasErrors } from '../base/diagnostic.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import { type DesiredState, type Plan, type PullChoice, planUp, withWait } from '../planner/index.ts'
import type { PlanResult, RunResult, UpOptions } from './app.ts'
import type { AppContext } from './app-context.ts'
import { askRegistries, wantedImages, withOffers } from './ask-registries.ts'
import { checkHostPorts } from './check-host-ports.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { orphanOptions } from './orphan-options.ts'
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
  const clashes = checkHostPorts(desired, project.origins)
  if (clashes.length > 0) return { kind: 'invalid', diagnostics: [...diagnostics, ...clashes] }
  const choice = pullChoice(options)
  const { signal, onAsk } = hooks
  const answer = await askRegistries(context.engine, { desired, choice, signal, onAsk })
  if (answer.kind === 'failed') {
    return { kind: 'refused', errors: answer.errors, origins: project.origins }
  }
  const run: PlannedRun = {
    name: project.name,
    project,
    origins: project.origins,
    diagnostics,
    images: wantedImages(desired),
    plan: observed => planOf(desired, withOffers(observed, answer.ids), { project, options, choice }),
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
  const clashes = checkHostPorts(desired, project.origins)
  if (clashes.length > 0) return { kind: 'invalid', diagnostics: [...diagnostics, ...clashes] }
  const choice = pullChoice(options)
  const answer = await askRegistries(engine, { desired, choice })
  if (answer.kind === 'failed') {
    return { kind: 'refused', errors: answer.errors, origins: project.origins }
  }
  const observed = await engine.observe(project.name, wantedImages(desired), { firewall: true })
  return {
    kind: 'planned',
    plan: planOf(desired, withOffers(observed, answer.ids), { project, options, choice }),
    diagnostics,
    unchanged: observed.containers.length,
  }
}

/** What decides when images are pulled, at this moment. */
function pullChoice({ pull }: UpOptions): PullChoice {
  return { now: Date.now(), pull: pull === undefined ? undefined : { kind: pull } }
}

interface UpChoices {
  readonly project: Project
  readonly options: UpOptions
  readonly choice: PullChoice
}

function planOf(
  desired: DesiredState,
  observed: ObservedState,
  { project, options, choice }: UpChoices,
): Plan {
  const { pull: _, wait, removeOrphans, ...rest } = options
  const planned = planUp(desired, observed, { ...rest, ...orphanOptions(project, removeOrphans), ...choice })
  return wait ? withWait(planned, desired, observed) : planned
}
