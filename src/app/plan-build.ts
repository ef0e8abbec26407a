import type { Diagnostic } from '../base/diagnostic.ts'
import { planBuildImages } from '../planner/index.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import { buildsOf } from './builds-of.ts'
import { type ForecastBuild, forecastBuilds } from './forecast-builds.ts'
import { type BuildCall, type LoadedBuilds, loadBuilds } from './load-builds.ts'
import type { ProjectRequest } from './project-request.ts'
import { withDockerfileImages } from './with-dockerfile-images.ts'

/** What `build` would do, or why that is not known. */
export type BuildPlanResult =
  | Extract<LoadedBuilds, { readonly kind: 'invalid' }>
  | {
      readonly kind: 'planned'
      readonly plan: Plan
      readonly builds: readonly ForecastBuild[]
      readonly diagnostics: readonly Diagnostic[]
    }

/** Returns what `build` would do; changes nothing. */
export async function planBuild(
  context: AppContext,
  request: ProjectRequest,
  options: BuildCall,
): Promise<BuildPlanResult> {
  const loaded = await loadBuilds(context, request, options)
  if (loaded.kind === 'invalid') return loaded
  const plan = await buildPlanOf(context, loaded, options)
  const builds = await forecastBuilds(context, buildsOf(plan))
  return { kind: 'planned', plan, builds, diagnostics: loaded.diagnostics }
}

/** Returns the plan of `build`. Dockerfiles are read for the order of several builds alone. */
export async function buildPlanOf(
  { engine }: Pick<AppContext, 'engine'>,
  { desired, overrides }: Extract<LoadedBuilds, { readonly kind: 'loaded' }>,
  { push }: Pick<BuildCall, 'push'>,
): Promise<Plan> {
  if (desired.builds.size < 2) return planBuildImages(desired, { overrides, push })
  return await withDockerfileImages(engine, dockerfileImages =>
    planBuildImages(desired, { overrides, push, dockerfileImages }),
  )
}
