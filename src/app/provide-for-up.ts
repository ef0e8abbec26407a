import type { Diagnostic } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import { type DesiredState, type Plan, planProviders, withProvided } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { RunHooks } from './command-call.ts'
import type { ProjectRequest } from './project-request.ts'
import { providerRunner } from './provider-runner.ts'
import { type RunResult, runPlan } from './run-plan.ts'
import { modelPreparer, withModels } from './with-models.ts'

/** A project with the variables of its providers, or how their run ended if it was not well. */
export type ProvidedForUp =
  | { readonly kind: 'provided'; readonly project: Project; readonly warnings: readonly string[] }
  | { readonly kind: 'ended'; readonly result: RunResult }

/** What providers of `up` are run for. */
export interface UpProviders {
  readonly request: ProjectRequest
  readonly project: Project
  readonly desired: DesiredState
  readonly diagnostics: readonly Diagnostic[]
}

/** Has models set up and runs the providers that `desired` needs, before `up` is planned: what they say makes containers what they are. */
export async function provideForUp(
  context: AppContext,
  { request, project, desired, diagnostics }: UpProviders,
  hooks: RunHooks,
): Promise<ProvidedForUp> {
  const modelled = await withModels(context, { request, project, desired, signal: hooks.signal })
  if (modelled.kind === 'missing') {
    const { errors } = modelled
    return { kind: 'ended', result: { kind: 'refused', errors, origins: project.origins } }
  }
  const plan = planProviders(desired, modelled.served)
  if (plan.steps.length > 0) {
    const { name, origins } = project
    const run = { name, project, origins, diagnostics, images: [], plan: () => plan }
    const { follow: _, ...quiet } = hooks
    const runProvider = providerRunner(context, { request, project })
    const prepareModel = modelPreparer(context, { request, project })
    const result = await runPlan(context, { ...run, runProvider, prepareModel }, quiet)
    if (!isWell(result)) return { kind: 'ended', result }
  }
  return { kind: 'provided', ...(await asProvided(context, modelled.project)) }
}

/** Returns `project` with what its providers have said last. */
export async function asProvided(
  { engine }: AppContext,
  project: Project,
): Promise<{ readonly project: Project; readonly warnings: readonly string[] }> {
  if (project.providers === undefined) return { project, warnings: [] }
  return withProvided(project, await engine.observe(project.name, []))
}

/** Returns `plan` with `warnings` before its own. */
export function withWarnings(plan: Plan, warnings: readonly string[]): Plan {
  return warnings.length === 0 ? plan : { ...plan, warnings: [...warnings, ...plan.warnings] }
}

function isWell(result: RunResult): boolean {
  return result.kind === 'ran' && [...result.report.outcomes.values()].every(({ kind }) => kind === 'done')
}
