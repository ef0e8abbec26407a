import { planSweep } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { findProject } from './find-project.ts'
import { type RunResult, runPlan } from './run-plan.ts'

/** Removes the one-offs of a project that have ended and were to go, and those that were never finished. Makes no folder. */
export async function sweep(
  context: AppContext,
  { request, hooks }: CommandCall<object>,
): Promise<RunResult> {
  const found = await findProject(context, request)
  if (found.kind === 'invalid') return found
  return runPlan(context, { ...found, images: [], plan: planSweep, isForPresent: true }, hooks)
}
