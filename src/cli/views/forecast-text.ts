import type { ForecastBuild } from '../../app/forecast-builds.ts'
import type { BuildForecast, ForecastStep } from '../../app/index.ts'
import { safeLine } from './safe-text.ts'
import { textTable } from './text-table.ts'

/** Returns what builds would do, a line for each step that runs, and one for each row of steps that are cached. */
export function forecastText(builds: readonly ForecastBuild[]): string {
  return builds.map(({ build, forecast }) => `\n${buildText(build.image, forecast)}`).join('')
}

/** Returns what builds would do, for programs; null where that cannot be said. */
export function forecastJson(builds: readonly ForecastBuild[]): readonly Readonly<Record<string, unknown>>[] {
  return builds.map(({ build: { service, image }, forecast }) => ({
    service,
    image,
    isCurrent: forecast?.isCurrent ?? null,
    ...(forecast?.lacks !== undefined && { lacks: forecast.lacks }),
    steps: forecast?.steps.map(({ cause = null, ...step }) => ({ ...step, cause })) ?? null,
  }))
}

function buildText(image: string, forecast: BuildForecast | undefined): string {
  const name = safeLine(image)
  if (forecast === undefined)
    return `Build of ${name}: which steps are cached is not known before it begins\n`
  const { steps, lacks } = forecast
  if (lacks !== undefined)
    return `Build of ${name}: image ${safeLine(lacks)} is not here yet, so which steps are cached is not known\n`
  const cached = steps.filter(({ state }) => state === 'cached').length
  return `Build of ${name}: ${cached} of ${steps.length} steps are cached\n${textTable(rowsOf(steps))}`
}

const STATES: Readonly<Record<ForecastStep['state'], string>> = {
  cached: 'cached',
  runs: 'runs',
  unknown: 'runs if what it reads changes',
}

/** Steps in a row that are cached are one line. */
function rowsOf(steps: readonly ForecastStep[]): readonly (readonly string[])[] {
  return steps.flatMap((step, index) => {
    if (step.state === 'cached' && steps[index - 1]?.state === 'cached') return []
    const length = cachedFrom(steps, index)
    if (length > 1) return [['  ...', `${length} steps`, 'cached']]
    return [[`  [${step.stage} ${step.position}/${step.count}]`, step.text, stateText(step)]]
  })
}

function stateText({ state, cause }: ForecastStep): string {
  return cause === undefined ? STATES[state] : `${STATES[state]}: ${cause}`
}

function cachedFrom(steps: readonly ForecastStep[], start: number): number {
  const end = steps.findIndex(({ state }, index) => index >= start && state !== 'cached')
  return (end === -1 ? steps.length : end) - start
}
