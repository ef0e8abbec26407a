import type { ObservedState } from '../model/observed-state.ts'
import { type Plan, planRestart, planStart, planStop } from '../planner/index.ts'
import type { RunResult, ServiceOptions } from './app.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { findProject } from './find-project.ts'
import { runPlan } from './run-plan.ts'

type Call = CommandCall<ServiceOptions>

/** Starts the containers that exist and do not run. */
export function start(context: AppContext, call: Call): Promise<RunResult> {
  return runOnExisting(context, call, planStart)
}

/** Stops containers and keeps them. */
export function stop(context: AppContext, call: Call): Promise<RunResult> {
  return runOnExisting(context, call, planStop)
}

/** Stops containers and starts them again. */
export function restart(context: AppContext, call: Call): Promise<RunResult> {
  return runOnExisting(context, call, planRestart)
}

async function runOnExisting(
  context: AppContext,
  { request, options, hooks }: Call,
  plan: (observed: ObservedState, options: ServiceOptions) => Plan,
): Promise<RunResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  return runPlan(context, { ...found, images: [], plan: observed => plan(observed, options) }, hooks)
}
