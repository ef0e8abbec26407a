import { planDown } from '../planner/index.ts'
import type { DownOptions, RunResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { findProject } from './find-project.ts'
import { runPlan } from './run-plan.ts'

/** Removes what runs for a project; works without its file where the request names it. */
export async function down(
  context: AppContext,
  { request, options, hooks }: CommandCall<DownOptions>,
): Promise<RunResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { project } = found
  return runPlan(
    context,
    {
      ...found,
      images: [],
      plan: observed => planDown(observed, { ...options, ...(project === undefined ? {} : { project }) }),
    },
    hooks,
  )
}
