import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { DeviceForecast } from '../engine/engine.ts'
import type { Origins } from '../model/project.ts'
import { behindSteps, openDatabases, planProviders } from '../planner/index.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import { askRegistries, wantedImages, withOffers } from './ask-registries.ts'
import { buildsOf } from './builds-of.ts'
import { checkClashes } from './check-clashes.ts'
import { checkSelection } from './check-selection.ts'
import { desiredOf } from './desired-of.ts'
import { type ForecastBuild, forecastBuilds, imageForecasts, selectedBuilds } from './forecast-builds.ts'
import { forecastHost } from './forecast-host.ts'
import { loadToStart, withDraftProblems } from './load-to-start.ts'
import type { ProjectRequest } from './project-request.ts'
import { asProvided } from './provide-for-up.ts'
import { serviceFileReader } from './service-file-reader.ts'
import { touchedServices } from './touched-services.ts'
import { imageChoice, type UpOptions, upPlan } from './up-plan.ts'
import { withDigests } from './with-digests.ts'
import { withDockerfileImages } from './with-dockerfile-images.ts'
import { withModels } from './with-models.ts'

/** What `up` would do, or why that is not known. */
export type PlanResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** What the plan depends on cannot be determined. */
  | { readonly kind: 'refused'; readonly errors: readonly TcomposeError[]; readonly origins: Origins }
  | {
      readonly kind: 'planned'
      readonly plan: Plan
      readonly diagnostics: readonly Diagnostic[]
      readonly unchanged: number
      /** What the builds of the plan would do. @default there are none */
      readonly builds?: readonly ForecastBuild[]
      /** What services that the plan makes or starts would get of devices. @default they ask for none */
      readonly devices?: readonly DeviceForecast[]
    }

/** Returns what `up` would do; changes nothing and takes no lock. */
export async function plan(
  context: AppContext,
  request: ProjectRequest,
  options: UpOptions,
): Promise<PlanResult> {
  const { engine } = context
  const { project: declared, diagnostics } = await loadToStart(context, request, options.services)
  if (declared === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const models = await withModels(context, {
    request,
    project: declared,
    desired: desiredOf(declared, options),
  })
  if (models.kind === 'missing') return { kind: 'refused', errors: models.errors, origins: declared.origins }
  const { project: loaded, warnings } = await asProvided(context, models.project)
  const selected = desiredOf(loaded, options)
  const refused = checkSelection(selected)
  if (refused.length > 0) return { kind: 'refused', errors: refused, origins: loaded.origins }
  const clashes = checkClashes(selected, loaded.origins)
  if (clashes.length > 0) {
    const found = { project: loaded, diagnostics: [...diagnostics, ...clashes] }
    return { kind: 'invalid', diagnostics: (await withDraftProblems(context, request, found)).diagnostics }
  }
  const read = serviceFileReader(context, { request, project: loaded })
  const digests = await withDigests(loaded, selected, { engine, read })
  if (digests.kind === 'unreadable') {
    return { kind: 'refused', errors: digests.errors, origins: loaded.origins }
  }
  const { project } = digests
  const desired = desiredOf(project, options)
  const choice = imageChoice(options)
  const answer = await askRegistries(engine, { desired, choice })
  if (answer.kind === 'failed') {
    return { kind: 'refused', errors: answer.errors, origins: project.origins }
  }
  const observed = await engine.observe(project.name, wantedImages(desired), { firewall: true })
  const forecasts = options.build === 'never' ? [] : await forecastBuilds(context, selectedBuilds(desired))
  const known = { ...choice, forecasts: imageForecasts(forecasts) }
  const seen = withOffers(observed, answer.ids)
  const made = await withDockerfileImages(engine, dockerfileImages =>
    upPlan(desired, seen, { project, options, choice: { ...known, dockerfileImages } }),
  )
  const touched = touchedServices(made, project)
  const { devices, problems } = await forecastHost(engine, touched)
  if (problems.length > 0) return { kind: 'refused', errors: problems, origins: project.origins }
  const built = new Set(buildsOf(made).map(({ service }) => service))
  return {
    kind: 'planned',
    plan: {
      ...behindSteps(planProviders(desired, models.served), made),
      warnings: [
        ...warnings,
        ...made.warnings,
        ...openDatabases(desired),
        ...staleImages(forecasts, built),
        ...devices.flatMap(({ notices }) => notices),
      ],
    },
    diagnostics,
    unchanged: observed.containers.length,
    builds: forecasts.filter(({ build }) => built.has(build.service)),
    devices: devices.filter(({ requests }) => requests.length > 0),
  }
}

/** Says which images are kept though their sources are no longer those that they were built from. */
function staleImages(forecasts: readonly ForecastBuild[], built: ReadonlySet<string>): readonly string[] {
  return forecasts.flatMap(({ build: { service, image }, forecast }) => {
    if (forecast === undefined || forecast.isCurrent || built.has(service)) return []
    const cause = forecast.steps.find(step => step.cause !== undefined)?.cause ?? 'its sources changed'
    return `Image ${image} is kept as it is, though it would be built differently now: ${cause}; "up --build" builds it again`
  })
}
