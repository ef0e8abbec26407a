import { expect, test } from 'vitest'
import type { WaitReason } from '../../../src/app/index.ts'
import { waitersOf, waitText } from '../../../src/cli/views/wait-text.ts'
import { aPlan, aStart, aStep } from '../../support/plan-builders.ts'

const FAILED = { kind: 'probe-failed', failures: 3, retries: 5, output: 'refused' } as const
const TEXTS: readonly (readonly [WaitReason, readonly string[], string])[] = [
  [FAILED, [], 'probe 3 of 5 failed: refused'],
  [FAILED, ['web'], 'web waits: probe 3 of 5 failed: refused'],
  [{ ...FAILED, output: '' }, ['web', 'api'], 'web, api wait: probe 3 of 5 failed'],
  [{ ...FAILED, failures: 0 }, [], 'a probe failed while it starts: refused'],
  [{ ...FAILED, output: 'x'.repeat(200) }, [], `probe 3 of 5 failed: ${'x'.repeat(120)}`],
  [{ kind: 'not-started' }, [], 'it has not started yet'],
  [{ kind: 'restarting', exitCode: 4 }, [], 'it exited with code 4, and is started again'],
  [{ kind: 'unprobed' }, [], 'its health check has not answered yet'],
]
for (const [reason, waiters, text] of TEXTS) {
  test(`waitText() says "${text.slice(0, 60)}"`, () => expect(waitText(reason, waiters)).toBe(text))
}

test('waitersOf() names each service that depends on the wait once', () => {
  const replica = { service: 'db', number: 1 }
  const step = aStep(1, {
    kind: 'await-service',
    ...{ service: 'db', condition: 'service_healthy', replicas: [replica], required: true },
  })
  const after = (id: number, service: string) => ({ ...aStart(id, service), dependsOn: [1] })
  const plan = aPlan([step, after(2, 'web'), after(3, 'web'), after(4, 'api'), aStart(5, 'other')])
  expect(waitersOf({ kind: 'step-waiting', step, replica, reason: { kind: 'running' } }, plan)).toEqual([
    'web',
    'api',
  ])
  expect(waitersOf({ kind: 'step-started', step }, plan)).toEqual([])
})
