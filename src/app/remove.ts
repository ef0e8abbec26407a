import { planRemove } from '../planner/index.ts'
import type { RemoveOptions, RunResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { findProject } from './find-project.ts'
import { runPlan } from './run-plan.ts'

/** Removes containers that do not run; works without the project's file where the request names it. */
export async function remove(
  context: AppContext,
  { request, options, hooks }: CommandCall<RemoveOptions>,
): Promise<RunResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  return runPlan(context, { ...found, images: [], plan: observed => planRemove(observed, options) }, hooks)
}
