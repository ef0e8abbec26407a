import { expect, test } from 'vitest'
import type { HealthRecord, ResolvedHealthcheck } from '../../../../../src/engine/local/state/live-record.ts'
import { monitorHealth } from '../../../../../src/engine/local/supervisor/health/monitor-health.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const CHECK: ResolvedHealthcheck = {
  test: { kind: 'exec', argv: ['true'] },
  ...{ intervalMs: 1000, timeoutMs: 1000, retries: 3, startPeriodMs: 0, startIntervalMs: 1000 },
}

test('monitorHealth() does not probe what is paused, and goes on within an interval of its end', async () => {
  const clock = new FakeClock()
  const startedAt = clock.now()
  const record: HealthRecord = {
    ...{ version: 1, status: 'starting', failingStreak: 0, log: [], runStartedAt: startedAt },
  }
  let isPaused = true
  let probes = 0
  using _monitor = monitorHealth({
    ...{ clock, check: CHECK, record, isPaused: () => isPaused, onRecord: () => {} },
    probe: async () => {
      probes += 1
      return { startedAt: clock.now(), endedAt: clock.now(), exitCode: 0, output: '' }
    },
  })
  await clock.advance(5500)
  expect(probes).toBe(0)
  isPaused = false
  await clock.advance(1000)
  expect(probes).toBe(1)
})
