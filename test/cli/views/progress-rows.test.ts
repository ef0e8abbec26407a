import { expect, test } from 'vitest'
import type { Step } from '../../../src/app/index.ts'
import { ProgressRows } from '../../../src/cli/views/progress-rows.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

test('ProgressRows stays at what is waited for when the step before it is confirmed late', () => {
  const start = aStart(1, 'db')
  const wait: Step = {
    ...start,
    id: 2,
    action: {
      kind: 'await-service',
      service: 'db',
      condition: 'service_healthy',
      replicas: [{ service: 'db', number: 1 }],
      required: true,
    },
  }
  const rows = new ProgressRows(aPlan([start, wait]), 0)
  const status = () => rows.rows.map(({ status: one }) => one)
  rows.apply({ kind: 'step-started', step: start }, 0)
  rows.apply({ kind: 'step-started', step: wait }, 1)
  const told = rows.apply({ kind: 'step-finished', step: start, outcome: { kind: 'done' }, tookMs: 2 }, 2)
  expect(told.map(row => row.status)).toEqual(['Started'])
  expect(status()).toEqual(['Waiting'])
  rows.apply({ kind: 'step-finished', step: wait, outcome: { kind: 'done' }, tookMs: 3 }, 3)
  expect(status()).toEqual(['Healthy'])
})
