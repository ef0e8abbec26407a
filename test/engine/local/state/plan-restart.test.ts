import { describe, expect, test } from 'vitest'
import type { RestartRecord } from '../../../../src/engine/local/state/live-record.ts'
import { isPlanned, planRestart } from '../../../../src/engine/local/state/plan-restart.ts'
import type { RestartPolicy } from '../../../../src/model/service.ts'

const none: RestartRecord = { version: 1, count: 0, nextAt: undefined, delayMs: 0 }
const exit = (exitCode: number) => ({ waitStatus: exitCode << 8, exitCode, finishedAt: 5000 })
const cause = { kind: 'ended', exitCode: 1, finishedAt: 5000 } as const

interface Case {
  readonly policy: RestartPolicy
  readonly code: number
  readonly count?: number
  readonly restarts: boolean
}

describe('planRestart()', () => {
  const cases: readonly Case[] = [
    { policy: { kind: 'no' }, code: 1, restarts: false },
    { policy: { kind: 'always' }, code: 0, restarts: true },
    { policy: { kind: 'always' }, code: 1, count: 1000, restarts: true },
    { policy: { kind: 'unless-stopped' }, code: 137, restarts: true },
    { policy: { kind: 'on-failure', maxRetries: undefined }, code: 0, restarts: false },
    { policy: { kind: 'on-failure', maxRetries: undefined }, code: 1, count: 1000, restarts: true },
    { policy: { kind: 'on-failure', maxRetries: 0 }, code: 1, count: 1000, restarts: true },
    { policy: { kind: 'on-failure', maxRetries: 2 }, code: 1, count: 1, restarts: true },
    { policy: { kind: 'on-failure', maxRetries: 2 }, code: 1, count: 2, restarts: false },
  ]
  for (const { policy, code, count = 0, restarts } of cases) {
    test(`${restarts ? 'restarts' : 'leaves'} ${JSON.stringify(policy)} after code ${code} and ${count} restarts`, () => {
      const planned = planRestart({
        policy,
        restarts: { ...none, count },
        exit: exit(code),
        ranMs: 1,
        now: 5001,
        cause,
      })
      expect(planned.nextAt).toBe(restarts ? 5101 : undefined)
      expect(planned.count).toBe(restarts ? count + 1 : count)
      expect(planned.cause).toEqual(restarts ? cause : undefined)
    })
  }

  const delays = (ranMs: readonly number[]) => {
    let restarts = none
    return ranMs.map(ran => {
      const policy = { kind: 'always' } as const
      restarts = planRestart({ policy, restarts, exit: exit(1), ranMs: ran, now: 5000, cause })
      return restarts.delayMs
    })
  }
  test('doubles the wait up to a minute', () => {
    expect(delays(Array(12).fill(0))).toEqual([
      100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000,
    ])
  })
  test('begins anew after ten seconds of running', () => {
    expect(delays([0, 0, 9999, 10_000, 0])).toEqual([100, 200, 400, 100, 200])
  })
})

test('isPlanned() tells an end that is decided about from a later one', () => {
  expect(isPlanned(none, exit(1))).toBe(false)
  expect(isPlanned({ ...none, nextAt: 5100 }, exit(1))).toBe(true)
  expect(isPlanned({ ...none, nextAt: 5000 }, exit(1))).toBe(false)
})
