import { hasErrors } from '../base/diagnostic.ts'
import { planPull } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import type { CommandCall } from './command-call.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import { engineFor } from './rehearsal.ts'
import { type RunResult, requireRoot } from './run-plan.ts'

/** Which images to fetch. */
export interface PullOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** Fetch the images of what `services` depend on, too. */
  readonly includeDeps: boolean
  /**
   * `missing` leaves images that are there; `always` asks what their names mean now.
   * @default the pull policy of each service; one that has none is as `always`
   */
  readonly policy?: 'missing' | 'always' | undefined
  /** Leave the images that can be built. @default false */
  readonly ignoreBuildable?: boolean | undefined
}

/**
 * Fetches the images of services, and of what they depend on where asked for. Nothing of the project changes, so
 * its lock is not taken: other commands can run meanwhile.
 */
export async function pull(
  context: AppContext,
  { request, options, hooks }: CommandCall<PullOptions>,
): Promise<RunResult> {
  const { services, includeDeps, ...choice } = options
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  requireRoot(context)
  const engine = engineFor(context.engine, hooks)
  const { name, origins, files, workingDir } = project
  const desired = desiredOf(project, { services, noDeps: !includeDeps, scale: new Map() })
  const plan = planPull(desired, await engine.observe(name, wantedImages(desired)), choice)
  hooks.onPlan(plan)
  const { signal, onEvent, parallel } = hooks
  // Without steps, an engine looks after the project itself, for which it would have to be locked.
  const report =
    plan.steps.length === 0
      ? { outcomes: new Map() }
      : await engine.execute(plan, { source: { workingDir, files }, signal, onEvent, parallel })
  return { kind: 'ran', project: name, plan, report, origins, diagnostics }
}
