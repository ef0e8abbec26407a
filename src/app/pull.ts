import { hasErrors } from '../base/diagnostic.ts'
import { planPull } from '../planner/index.ts'
import type { PullOptions, RunResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { runPlan } from './run-plan.ts'

/** Gets the images of services, and of what they depend on where that is asked for. */
export async function pull(
  context: AppContext,
  { request, options, hooks }: CommandCall<PullOptions>,
): Promise<RunResult> {
  const { services, includeDeps, policy } = options
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, { services, noDeps: !includeDeps, scale: new Map() })
  const run = {
    name: project.name,
    project,
    origins: project.origins,
    diagnostics,
    images: [...new Set(desired.services.map(service => service.config.image))],
  }
  return runPlan(context, { ...run, plan: observed => planPull(desired, observed, { policy }) }, hooks)
}
