import { hasErrors } from '../base/diagnostic.ts'
import { planPush } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { type RunResult, runPlan } from './run-plan.ts'

/** Whose images to push. */
export interface PushOptions {
  /** Empty is all whose image is built. */
  readonly services: readonly string[]
  /** The images of what they depend on too. */
  readonly includeDeps: boolean
}

/** Pushes the images of services, where none is named those that are built, and of what they depend on where that is asked for. */
export async function push(
  context: AppContext,
  { request, options, hooks }: CommandCall<PushOptions>,
): Promise<RunResult> {
  const { services, includeDeps } = options
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, { services, noDeps: !includeDeps, scale: new Map() })
  const { name, origins } = project
  const run = {
    name,
    project,
    origins,
    diagnostics,
    images: [],
    plan: () => planPush(desired, { builtOnly: services.length === 0 }),
  }
  return runPlan(context, run, hooks)
}
