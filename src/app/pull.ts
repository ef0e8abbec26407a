import { hasErrors } from '../base/diagnostic.ts'
import { planPull } from '../planner/index.ts'
import type { PullOptions, RunResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { requireRoot } from './run-plan.ts'

/**
 * Gets the images of services, and of what they depend on where that is asked for. Nothing of the project changes, so
 * its lock is not taken: other commands go on meanwhile.
 */
export async function pull(
  context: AppContext,
  { request, options, hooks }: CommandCall<PullOptions>,
): Promise<RunResult> {
  const { services, includeDeps, policy } = options
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  requireRoot(context)
  const { engine } = context
  const { name, origins, files, workingDir } = project
  const desired = desiredOf(project, { services, noDeps: !includeDeps, scale: new Map() })
  const plan = planPull(desired, await engine.observe(name, wantedImages(desired)), { policy })
  hooks.onPlan(plan)
  const { signal, onEvent, parallel } = hooks
  // Without a step to do, an engine sees to the project itself, for which it would have to be locked.
  const report =
    plan.steps.length === 0
      ? { outcomes: new Map() }
      : await engine.execute(plan, { source: { workingDir, files }, signal, onEvent, parallel })
  return { kind: 'ran', project: name, plan, report, origins, diagnostics }
}
