import type { Diagnostic } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import { type BuildChoice, type DesiredState, type PullChoice, planUpBuilds } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import { wantedImages } from './ask-registries.ts'
import type { RunHooks } from './command-call.ts'
import type { ProjectRequest } from './project-request.ts'
import { runBuilds } from './run-builds.ts'
import type { RunResult } from './run-plan.ts'
import { withDockerfileImages } from './with-dockerfile-images.ts'

/** What the builds of `up` are planned from. */
export interface UpBuilds {
  readonly request: ProjectRequest
  readonly project: Project
  readonly desired: DesiredState
  readonly choice: BuildChoice & PullChoice
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Builds what `up` needs, before the project is locked. Returns how that ended if it was not well; undefined if `up` can go
 * on.
 */
export async function buildForUp(
  context: AppContext,
  { request, project, desired, choice, diagnostics }: UpBuilds,
  hooks: RunHooks,
): Promise<RunResult | undefined> {
  if (desired.services.every(({ build }) => build === undefined)) return undefined
  const { engine } = context
  const observed = await engine.observe(project.name, wantedImages(desired))
  const alone = planUpBuilds(desired, observed, choice)
  if (alone.steps.length === 0) return undefined
  const plan = await withDockerfileImages(engine, dockerfileImages =>
    planUpBuilds(desired, observed, { ...choice, dockerfileImages }),
  )
  const result = await runBuilds(context, { request, project, plan, diagnostics }, hooks)
  const isWell = [...result.report.outcomes.values()].every(({ kind }) => kind === 'done')
  return isWell ? undefined : result
}
