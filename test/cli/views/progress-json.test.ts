import { expect, test } from 'vitest'
import { TcomposeError } from '../../../src/base/tcompose-error.ts'
import { jsonProgress } from '../../../src/cli/views/progress-json.ts'
import { recordedOutput } from '../../support/cli-ports.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

test('jsonProgress() writes each event as a line of JSON', () => {
  const output = recordedOutput()
  const view = jsonProgress({ output, now: () => 0 })
  const step = aStart(1, 'web')
  const error = new TcomposeError('container-launch', 'Cannot start web: no', { hint: 'Try' })
  view.onWait({ pid: 7, command: 'tcompose down' })
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
    { kind: 'waiting', pid: 7, command: 'tcompose down' },
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
