import type { BuildForecast, ImageBuild } from '../model/build-event.ts'
import type { DesiredState, ImageForecast } from '../planner/index.ts'
import { buildForContainers } from '../planner/service-build.ts'
import type { AppContext } from './app-context.ts'

/** A build, and what it would do; undefined where that cannot be said. */
export interface ForecastBuild {
  readonly build: ImageBuild
  readonly forecast: BuildForecast | undefined
}

/** Returns the builds of the selected services, as `up` carries them out. */
export function selectedBuilds({ services }: DesiredState): readonly ImageBuild[] {
  return services.flatMap(({ build }) => (build === undefined ? [] : buildForContainers(build)))
}

/** Returns what each of `builds` would do. */
export async function forecastBuilds(
  { engine, environment }: Pick<AppContext, 'engine' | 'environment'>,
  builds: readonly ImageBuild[],
): Promise<readonly ForecastBuild[]> {
  // Why a build can do nothing is told when it is carried out.
  const forecasts = builds.map(build => engine.builds.forecast(build, { environment }).catch(() => undefined))
  const found = await Promise.all(forecasts)
  return builds.map((build, index) => ({ build, forecast: found[index] }))
}

/** Returns `forecasts` as the planner needs them, by service. */
export function imageForecasts(forecasts: readonly ForecastBuild[]): ReadonlyMap<string, ImageForecast> {
  return new Map(
    forecasts.flatMap(({ build, forecast }) => {
      if (forecast === undefined) return []
      const cause = forecast.steps.find(step => step.cause !== undefined)?.cause
      return [[build.service, { isCurrent: forecast.isCurrent, cause }] as const]
    }),
  )
}
