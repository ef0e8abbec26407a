import { expect, test } from 'vitest'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { plainProgress } from '../../../src/cli/views/progress-plain.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

test('plainProgress() writes a line for each change in the words of Docker Compose', () => {
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
  view.onPlan(aPlan([start, wait], { unchanged: ['shop-db-1'] }))
  for (const step of [start, wait]) {
    view.onEvent({ kind: 'step-started', step })
    view.onEvent({ kind: 'step-finished', step, outcome: { kind: 'done' }, tookMs: 5 })
  }
  view.close()
  expect(output.text).toBe(
    [
      ' Container shop-db-1  Running',
      ' Container shop-web-1  Starting',
      ' Container shop-web-1  Started',
      ' Container shop-web-1  Waiting',
      ' Container shop-web-1  Healthy',
      '',
    ].join('\n'),
  )
})

test('plainProgress() tells why a step failed, was skipped or was cancelled', () => {
  const output = recordedOutput()
  const view = plainProgress({ output, now: () => 0 })
  const steps = [aStart(1, 'db'), aStart(2, 'web'), aStart(3, 'job')]
  view.onPlan(aPlan(steps))
  const error = new TcomposeError('container-launch', 'Cannot start db: no\nmore')
  const outcomes = [
    { kind: 'failed', error },
    { kind: 'skipped', blockedBy: 1 },
    { kind: 'cancelled' },
  ] as const
  for (const [index, outcome] of outcomes.entries()) {
    const step = steps[index]
    if (step !== undefined) view.onEvent({ kind: 'step-finished', step, outcome, tookMs: 5 })
  }
  expect(output.text.split('\n')).toEqual([
    ' Container shop-db-1  Error  Cannot start db: no',
    ' Container shop-web-1  Skipped  step 1 was not done',
    ' Container shop-job-1  Cancelled',
    '',
  ])
})

test('plainProgress() says for whom it waits', () => {
  const output = recordedOutput()
  plainProgress({ output, now: () => 0 }).onWait({ pid: 7, command: 'tcompose up' })
  expect(output.text).toBe('Waiting for "tcompose up" (pid 7) to finish with this project\n')
})
