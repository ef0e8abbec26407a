import { describe, expect, test } from 'vitest'
import { nextProbeAt, withProbe } from '../../../../src/engine/local/state/health-state.ts'
import type { HealthRecord, ResolvedHealthcheck } from '../../../../src/engine/local/state/live-record.ts'

const check: ResolvedHealthcheck = {
  test: { kind: 'shell', command: 'true' },
  intervalMs: 30_000,
  timeoutMs: 1000,
  retries: 3,
  startPeriodMs: 0,
  startIntervalMs: 5000,
}
const fresh: HealthRecord = { version: 1, status: 'starting', failingStreak: 0, log: [], runStartedAt: 1000 }

/** Applies probes given as exit codes, one each second from the start. */
function recordAfter(codes: readonly number[], settings: Partial<ResolvedHealthcheck> = {}): HealthRecord {
  return codes.reduce((record, exitCode, index) => {
    const startedAt = 1000 + index * 1000
    return withProbe(
      record,
      { startedAt, endedAt: startedAt + 10, exitCode, output: '' },
      { ...check, ...settings },
    )
  }, fresh)
}

describe('withProbe()', () => {
  const cases = [
    { codes: [], status: 'starting', failingStreak: 0 },
    { codes: [0], status: 'healthy', failingStreak: 0 },
    { codes: [1, 1], status: 'starting', failingStreak: 2 },
    { codes: [1, 1, 1], status: 'unhealthy', failingStreak: 3 },
    { codes: [1, -1, 127], status: 'unhealthy', failingStreak: 3 },
    { codes: [1, 1, 0, 1, 1], status: 'healthy', failingStreak: 2 },
    { codes: [0, 1, 1, 1], status: 'unhealthy', failingStreak: 3 },
    { codes: [1, 1, 1, 1, 0], status: 'healthy', failingStreak: 0 },
    { codes: [1], settings: { retries: 1 }, status: 'unhealthy', failingStreak: 1 },
    { codes: [1, 1, 1], settings: { startPeriodMs: 3000 }, status: 'starting', failingStreak: 0 },
    { codes: [1, 1, 1, 1], settings: { startPeriodMs: 3000 }, status: 'starting', failingStreak: 1 },
    { codes: [0, 1, 1, 1], settings: { startPeriodMs: 60_000 }, status: 'unhealthy', failingStreak: 3 },
  ]
  for (const { codes, settings, status, failingStreak } of cases) {
    test(`is ${status} after [${codes}] with ${JSON.stringify(settings ?? {})}`, () => {
      expect(recordAfter(codes, settings)).toMatchObject({ status, failingStreak })
    })
  }
  test('keeps the last five probes', () => {
    expect(recordAfter([1, 2, 3, 4, 5, 6, 7]).log.map(probe => probe.exitCode)).toEqual([3, 4, 5, 6, 7])
  })
})

describe('nextProbeAt()', () => {
  const cases = [
    { codes: [], settings: {}, next: 31_000 },
    { codes: [], settings: { startPeriodMs: 20_000 }, next: 6000 },
    { codes: [1], settings: { startPeriodMs: 20_000 }, next: 6010 },
    { codes: [0], settings: { startPeriodMs: 20_000 }, next: 31_010 },
    { codes: [1, 1], settings: { startPeriodMs: 500 }, next: 32_010 },
  ]
  test('is the start for a test of the engine, and soon again while the container starts', () => {
    const own = {
      ...check,
      test: { kind: 'tcp', port: 1 },
      startPeriodMs: 20_000,
      startIntervalMs: 500,
    } as const
    expect(nextProbeAt(recordAfter([], own), own)).toBe(1000)
    expect(nextProbeAt(recordAfter([1], own), own)).toBe(1510)
  })
  for (const { codes, settings, next } of cases) {
    test(`is ${next} after [${codes}] with ${JSON.stringify(settings)}`, () => {
      expect(nextProbeAt(recordAfter(codes, settings), { ...check, ...settings })).toBe(next)
    })
  }
})
