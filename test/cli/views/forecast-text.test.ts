import { expect, test } from 'vitest'
import type { BuildForecast, ForecastStep } from '../../../src/app/index.ts'
import { forecastJson, forecastText } from '../../../src/cli/views/forecast-text.ts'
import { aBuildStepSummary, anImageBuild } from '../../support/build-builders.ts'

const STATES: readonly ForecastStep['state'][] = ['cached', 'cached', 'cached', 'runs', 'cached', 'unknown']
const FORECAST: BuildForecast = {
  isCurrent: false,
  steps: STATES.map((state, index) => ({
    ...aBuildStepSummary(index + 1, `RUN ${index + 1}`, { stage: 'build', count: 7 }),
    state,
    cause: state === 'runs' ? 'src/app.js changed' : undefined,
  })),
}
const BUILDS = [
  { build: anImageBuild('web'), forecast: FORECAST },
  { build: anImageBuild('api'), forecast: undefined },
]

test('forecastText() says which steps of a build run and why, and joins those that are cached', () => {
  expect(
    forecastText(BUILDS)
      .split('\n')
      .map(line => line.trimEnd()),
  ).toEqual([
    '',
    'Build of shop-web: 4 of 6 steps are cached',
    '  ...           3 steps   cached',
    '  [build 5/7]   RUN 4     runs: src/app.js changed',
    '  [build 6/7]   RUN 5     cached',
    '  [build 7/7]   RUN 6     runs if what it reads changes',
    '',
    'Build of shop-api: which steps are cached is not known before it begins',
    '',
  ])
})

test('forecastText() names an image that is not on this machine', () => {
  const forecast: BuildForecast = { isCurrent: false, steps: [], lacks: 'node:24' }
  const builds = [{ build: anImageBuild('web'), forecast }]
  expect(forecastText(builds)).toBe(
    '\nBuild of shop-web: image node:24 is not here yet, so which steps are cached is not known\n',
  )
  expect(forecastJson(builds)).toMatchObject([{ lacks: 'node:24', steps: [] }])
})

test('forecastText() of no builds is nothing', () => {
  expect(forecastText([])).toBe('')
})

test('forecastJson() has the steps of each build with their places', () => {
  expect(forecastJson(BUILDS)).toMatchObject([
    {
      service: 'web',
      image: 'shop-web',
      isCurrent: false,
      steps: [
        { state: 'cached', cause: null, span: { line: 1 } },
        {},
        {},
        { cause: 'src/app.js changed' },
        {},
        {},
      ],
    },
    { service: 'api', image: 'shop-api', isCurrent: null, steps: null },
  ])
})
