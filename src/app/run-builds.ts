import type { Diagnostic } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import { buildsOf } from './builds-of.ts'
import type { RunHooks } from './command-call.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'
import type { RunResult } from './run-plan.ts'

/** Builds, and pushes of what they make, to be carried out. */
export interface BuildsRun {
  readonly request: ProjectRequest
  readonly project: Project
  readonly plan: Plan
  readonly diagnostics: readonly Diagnostic[]
}

/** Carries out a plan about images alone, for which no lock is taken. */
export async function runBuilds(
  context: AppContext,
  { request, project, plan, diagnostics }: BuildsRun,
  hooks: RunHooks,
): Promise<Extract<RunResult, { kind: 'ran' }>> {
  const { name, origins, files, workingDir } = project
  const { signal, onEvent, whenShown, parallel, onFailedBuildStep } = hooks
  hooks.onPlan(plan)
  const options = {
    ...{ source: { workingDir, files }, signal, onEvent, whenShown, parallel, onFailedBuildStep },
    environment: readsVariables(plan)
      ? await projectVariables(context, request, project)
      : context.environment,
  }
  // Without steps, an engine looks after the project itself, for which it would have to be locked.
  const report =
    plan.steps.length === 0 ? { outcomes: new Map() } : await context.engine.execute(plan, options)
  return { kind: 'ran', project: name, plan, report, origins, diagnostics }
}

/** Tells whether a build has a secret that is the value of a variable. */
function readsVariables(plan: Plan): boolean {
  return buildsOf(plan).some(({ config }) =>
    config.secrets.some(({ source }) => source.kind === 'environment'),
  )
}
