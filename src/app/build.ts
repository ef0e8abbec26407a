import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { type BuildCall, loadBuilds } from './load-builds.ts'
import { buildPlanOf } from './plan-build.ts'
import { runBuilds } from './run-builds.ts'
import { type RunResult, requireRoot } from './run-plan.ts'

/** Builds the images of services. Nothing of the project changes, so its lock is not taken. */
export async function build(
  context: AppContext,
  { request, options, hooks }: CommandCall<BuildCall>,
): Promise<RunResult> {
  const loaded = await loadBuilds(context, request, options)
  if (loaded.kind === 'invalid') return loaded
  requireRoot(context)
  const { project, diagnostics } = loaded
  const plan = await buildPlanOf(context, loaded, options)
  return await runBuilds(context, { request, project, plan, diagnostics }, hooks)
}
