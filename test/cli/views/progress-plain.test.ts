import { expect, test } from 'vitest'
import type { StepEvent } from '../../../src/app/index.ts'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { plainProgress } from '../../../src/cli/views/progress-plain.ts'
import { without } from '../../../src/cli/views/progress-view.ts'
import { aBuildStep, aBuildStepSummary } from '../../support/build-builders.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

test('plainProgress() writes a line for each change in the words of Docker Compose', async () => {
  const output = recordedOutput()
  const view = plainProgress({ output, now: () => 0 })
  const start = aStart(1, 'web')
  const wait = aStep(2, {
    kind: 'await-service',
    service: 'web',
    condition: 'service_healthy',
    replicas: [{ service: 'web', number: 1 }],
    required: true,
  })
  view.onPlan(aPlan([start, wait], { unchanged: ['shop-db-1', 'shop-job-1'], ended: ['shop-job-1'] }))
  for (const step of [start, wait]) {
    view.onEvent({ kind: 'step-started', step })
    view.onEvent({ kind: 'step-finished', step, outcome: { kind: 'done' }, tookMs: 5 })
  }
  await view.close()
  expect(output.text).toBe(
    [
      ' Container shop-db-1  Running',
      ' Container shop-job-1  Exited',
      ' Container shop-web-1  Starting',
      ' Container shop-web-1  Started',
      ' Container shop-web-1  Waiting',
      ' Container shop-web-1  Healthy',
      '',
    ].join('\n'),
  )
})

test('plainProgress() tells whom a wait is for, at the first failed probe and then every ten seconds', () => {
  const output = recordedOutput()
  let now = 0
  const view = plainProgress({ output, now: () => now })
  const replicas = [
    { service: 'db', number: 1 },
    { service: 'db', number: 2 },
  ]
  const condition = 'service_healthy'
  const wait = aStep(1, { kind: 'await-service', service: 'db', condition, replicas, required: true })
  view.onPlan(aPlan([wait, { ...aStart(2, 'web'), dependsOn: [1] }]))
  view.onEvent({ kind: 'step-started', step: wait })
  const failed = (failures: number) => {
    const reason = { kind: 'probe-failed', failures, retries: 5, output: 'connection refused' } as const
    view.onEvent({ kind: 'step-waiting', step: wait, replica: { service: 'db', number: 2 }, reason })
  }
  view.onEvent({
    kind: 'step-waiting',
    step: wait,
    replica: { service: 'db', number: 1 },
    reason: { kind: 'unprobed' },
  })
  for (now of [1000, 2000, 11_000, 12_000]) failed(now / 1000)
  expect(output.text.split('\n')).toEqual([
    ' Container shop-db-1  Waiting',
    ' Container shop-db-2  Waiting',
    ' Container shop-db-2  Waiting  web waits: probe 1 of 5 failed: connection refused',
    ' Container shop-db-2  Waiting  web waits: probe 11 of 5 failed: connection refused',
    '',
  ])
})

test('plainProgress() tells why a step failed, was skipped or was cancelled', () => {
  const output = recordedOutput()
  const view = plainProgress({ output, now: () => 0 })
  const steps = [aStart(1, 'db'), aStart(2, 'web'), aStart(3, 'proxy'), aStart(4, 'job')]
  view.onPlan(aPlan(steps))
  const error = new TcomposeError('container-launch', 'Cannot start db: no\nmore')
  const outcomes = [
    { kind: 'failed', error },
    { kind: 'skipped', blockedBy: 1 },
    { kind: 'skipped', blockedBy: 2 },
    { kind: 'cancelled' },
  ] as const
  for (const [index, outcome] of outcomes.entries()) {
    const step = steps[index]
    if (step !== undefined) view.onEvent({ kind: 'step-finished', step, outcome, tookMs: 5 })
  }
  expect(output.text.split('\n')).toEqual([
    ' Container shop-db-1  Error  Cannot start db: no',
    ' Container shop-web-1  Skipped  needs Container shop-db-1',
    ' Container shop-proxy-1  Skipped  needs Container shop-db-1',
    ' Container shop-job-1  Cancelled',
    '',
  ])
})

test('plainProgress() says for whom it waits', () => {
  const output = recordedOutput()
  plainProgress({ output, now: () => 0 }).onWait({ name: 'pid 7', command: 'tcompose up' })
  expect(output.text).toBe('Waiting for "tcompose up" (pid 7) to finish with this project\n')
})

const fetch = aStep(1, { kind: 'fetch-image', image: 'redis:7', policy: 'missing' })

function fetched(megabytes: number, isAllHere = false): StepEvent {
  const [bytesDone, bytesTotal] = [megabytes * 1_000_000, 100 * 1_000_000]
  const progress = { isAllHere, layersDone: 0, layersTotal: 3, bytesDone, bytesTotal }
  return { kind: 'step-progress', step: fetch, progress }
}

test('plainProgress() writes a line now and then for an image on its way', () => {
  const output = recordedOutput()
  let now = 0
  const view = plainProgress({ output, now: () => now })
  view.onPlan(aPlan([fetch]))
  view.onEvent({ kind: 'step-started', step: fetch })
  for (; now < 25_000; now += 100) view.onEvent(fetched(now / 1000))
  now = 31_000
  view.onEvent(fetched(100, true))
  view.onEvent({ kind: 'step-finished', step: fetch, outcome: { kind: 'done' }, tookMs: 5 })
  expect(output.text).toBe(
    [
      ' Image redis:7  Pulling',
      ' Image redis:7  Pulling  10%, 10.0MB / 100.0MB, 1.0MB/s, 1m30s left',
      ' Image redis:7  Pulling  20%, 20.0MB / 100.0MB, 1.0MB/s, 1m20s left',
      ' Image redis:7  Unpacking  0 of 3 layers',
      ' Image redis:7  Pulled  100.0MB',
      '',
    ].join('\n'),
  )
})

test('without() leaves how far an image is out', () => {
  const output = recordedOutput()
  let now = 0
  const view = without(plainProgress({ output, now: () => now }), ['step-progress'])
  view.onPlan(aPlan([fetch]))
  view.onEvent({ kind: 'step-started', step: fetch })
  now = 60_000
  view.onEvent(fetched(50))
  expect(output.text).toBe(' Image redis:7  Pulling\n')
})

test('plainProgress() tells once that both steps of a container are skipped', () => {
  const output = recordedOutput()
  const view = plainProgress({ output, now: () => 0 })
  const start = aStart(2, 'web')
  const again = aStart(3, 'web')
  view.onPlan(aPlan([fetch, start, again]))
  const outcome = { kind: 'skipped', blockedBy: fetch.id } as const
  for (const step of [start, again]) view.onEvent({ kind: 'step-finished', step, outcome, tookMs: 0 })
  expect(output.text.match(/Skipped/g)).toHaveLength(1)
})

test('plainProgress() writes the steps of a build between its lines', () => {
  const output = recordedOutput()
  const view = plainProgress({ output, now: () => 0 })
  const step = aBuildStep(1, 'web')
  const event = { kind: 'step-finished', id: 1, outcome: 'cached', tookMs: 0 } as const
  view.onPlan(aPlan([step]))
  view.onEvent({ kind: 'step-started', step })
  view.onEvent({
    kind: 'build',
    step,
    event: { kind: 'planned', steps: [aBuildStepSummary(1, 'RUN a', { count: 2 })] },
  })
  view.onEvent({ kind: 'build', step, event })
  view.onEvent({ kind: 'step-finished', step, outcome: { kind: 'done' }, tookMs: 5 })
  view.onPlan(aPlan([]))
  expect(output.text.split('\n')).toEqual([
    ' Image shop-web  Building',
    '#1 [web 2/2] RUN a',
    '#1 CACHED',
    ' Image shop-web  Built  1 step, cached',
    '',
  ])
})

test('plainProgress() says which images registries are asked for', () => {
  const output = recordedOutput()
  plainProgress({ output, now: () => 0 }).onAsk(['redis:7', 'nginx:1'])
  expect(output.text).toBe('Checking the registry for redis:7 and 1 more\n')
})
