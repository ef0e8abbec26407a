import { planRemove } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { findProject } from './find-project.ts'
import { type RunResult, runPlan } from './run-plan.ts'

/** What `rm` removes. */
export interface RmOptions {
  readonly services: readonly string[]
  /** Stop and remove running containers too. */
  readonly stop: boolean
  /** Remove anonymous volumes too. */
  readonly volumes: boolean
}

/** Removes containers that do not run; works without the project's file where the request names it. */
export async function rm(
  context: AppContext,
  { request, options, hooks }: CommandCall<RmOptions>,
): Promise<RunResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  return runPlan(context, { ...found, images: [], plan: observed => planRemove(observed, options) }, hooks)
}
