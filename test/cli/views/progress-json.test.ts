import { expect, test } from 'vitest'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { jsonProgress } from '../../../src/cli/views/progress-json.ts'
import { aBuildStep } from '../../support/build-builders.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

test('jsonProgress() writes each event as a line of JSON', () => {
  const output = recordedOutput()
  const view = jsonProgress({ output, now: () => 0 })
  const step = aStart(1, 'web')
  const error = new TcomposeError('container-launch', 'Cannot start web: no', { hint: 'Try' })
  view.onWait({ name: 'pid 7', command: 'tcompose down' })
  view.onPlan(aPlan([step]))
  view.onEvent({ kind: 'step-started', step })
  view.onEvent({ kind: 'step-finished', step, outcome: { kind: 'failed', error }, tookMs: 5 })
  const base = { step: 1, action: 'start-container', thing: 'Container shop-web-1' }
  expect(
    output.text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { kind: 'waiting', holder: 'pid 7', command: 'tcompose down' },
    { kind: 'plan', project: 'shop', steps: 1, unchanged: [] },
    { ...base, kind: 'step-started', status: 'Starting' },
    {
      ...base,
      kind: 'step-finished',
      status: 'Error',
      detail: 'Cannot start web: no',
      tookMs: 5,
      error: { code: 'TC4001', name: 'container-launch', message: 'Cannot start web: no', hint: 'Try' },
    },
  ])
})

test('jsonProgress() writes why a wait goes on', () => {
  const output = recordedOutput()
  const view = jsonProgress({ output, now: () => 0 })
  const replica = { service: 'db', number: 1 }
  const condition = 'service_completed_successfully'
  const step = aStep(1, {
    ...{ kind: 'await-service', service: 'db', condition, replicas: [replica], required: true },
  })
  view.onPlan(aPlan([step]))
  view.onEvent({ kind: 'step-waiting', step, replica, reason: { kind: 'running' } })
  expect(JSON.parse(output.text.trim().split('\n').at(-1) ?? '')).toEqual({
    ...{ kind: 'step-waiting', step: 1, action: 'await-service', thing: 'Container shop-db-1' },
    ...{ status: 'Waiting', detail: 'it has not ended yet', reason: { kind: 'running' } },
  })
})

test('jsonProgress() writes what happens in a build, and both plans', () => {
  const output = recordedOutput()
  const view = jsonProgress({ output, now: () => 0 })
  const step = aBuildStep(1, 'web')
  view.onPlan({ ...aPlan([step]), keptImages: [{ label: 'redis:7', reason: 'present' }] })
  for (const event of [
    { kind: 'step-output', id: 3, stream: 'stderr', line: 'a' },
    { kind: 'fetching', image: 'node:22', bytesDone: 1, bytesTotal: 2 },
    { kind: 'step-finished', id: 3, outcome: 'done', tookMs: 5.25 },
  ] as const) {
    view.onEvent({ kind: 'build', step, event })
  }
  view.onPlan(aPlan([]))
  const base = { kind: 'build', step: 1, action: 'build-image', service: 'web' }
  expect(
    output.text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { kind: 'plan', project: 'shop', steps: 1, unchanged: [] },
    expect.objectContaining({ kind: 'image-skipped' }),
    { ...base, event: 'step-output', buildStep: 3, stream: 'stderr', line: 'a' },
    { ...base, event: 'fetching', image: 'node:22', bytesDone: 1, bytesTotal: 2 },
    { ...base, event: 'step-finished', buildStep: 3, outcome: 'done', tookMs: 5 },
    { kind: 'plan', project: 'shop', steps: 0, unchanged: [] },
  ])
})

test('jsonProgress() has a line for each image that is left as it is', () => {
  const output = recordedOutput()
  const view = jsonProgress({ output, now: () => 0 })
  view.onPlan({ ...aPlan([]), keptImages: [{ label: 'redis:7', reason: 'present' }] })
  expect(JSON.parse(output.text.trim().split('\n')[1] ?? '')).toEqual({
    kind: 'image-skipped',
    thing: 'Image redis:7',
    status: 'Skipped',
    detail: 'Image is already present locally',
  })
})

test('jsonProgress() tells the numbers of a transfer once a second, and each change of its status', () => {
  const output = recordedOutput()
  let now = 0
  const view = jsonProgress({ output, now: () => now })
  const step = aStep(1, { kind: 'fetch-image', image: 'redis:7', policy: 'missing' })
  const tell = (bytesDone: number, isAllHere = false) => {
    const progress = { isAllHere, layersDone: 0, layersTotal: 2, bytesDone, bytesTotal: 4000 }
    view.onEvent({ kind: 'step-progress', step, progress })
  }
  view.onPlan(aPlan([step]))
  for (; now < 2000; now += 100) tell(now)
  tell(4000, true)
  const lines = output.text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const numbers = { layersDone: 0, layersTotal: 2, bytesTotal: 4000 }
  expect(lines.slice(1)).toEqual([
    { ...PROGRESS, status: 'Pulling', ...numbers, bytesDone: 0 },
    { ...PROGRESS, status: 'Pulling', ...numbers, bytesDone: 1000, bytesPerSecond: 1000, secondsLeft: 3 },
    { ...PROGRESS, status: 'Unpacking', ...numbers, bytesDone: 4000 },
  ])
})

const PROGRESS = { kind: 'step-progress', step: 1, action: 'fetch-image', thing: 'Image redis:7' }
