import type { DesiredState, ImageForecast } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { UpOptions } from './up-plan.ts'

/**
 * Returns what builds would do now, by service, where the project wants images to be built again whose sources have
 * changed. Nothing of builds is loaded otherwise.
 */
export async function changedSources(
  context: Pick<AppContext, 'engine' | 'environment'>,
  desired: DesiredState,
  { build }: UpOptions,
): Promise<ReadonlyMap<string, ImageForecast> | undefined> {
  if (desired.rebuild !== 'changed' || build !== undefined) return undefined
  const { forecastBuilds, imageForecasts, selectedBuilds } = await import('./forecast-builds.ts')
  return imageForecasts(await forecastBuilds(context, selectedBuilds(desired)))
}
