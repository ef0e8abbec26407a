import { expect, test } from 'vitest'
import { restartReason } from '../../src/model/restart-reason.ts'

const reasons = [
  { kind: 'ended', reason: 'exit code 137' },
  { kind: 'unhealthy', reason: 'unhealthy' },
  { kind: 'out-of-memory', reason: 'out of memory' },
] as const
for (const { kind, reason } of reasons) {
  test(`restartReason() says "${reason}" of a container that is ${kind}`, () => {
    expect(restartReason({ kind, exitCode: 137, finishedAt: 1 })).toBe(reason)
  })
}
