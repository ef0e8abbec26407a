import type { Health, HealthProbe } from '../../../model/observed-state.ts'
import type { HealthProbeTest, HealthTest } from '../../../model/service.ts'
import type { HealthRecord, ResolvedHealthcheck } from './live-record.ts'

/** The code of a probe that said nothing: it timed out or could not run. */
export const NO_EXIT_CODE = -1

const MOST_PROBES = 5

/**
 * Returns the record after `probe`, by docker's rules: one success is healthy, `retries` failures in a row are
 * unhealthy, and failures of a container that was never healthy do not count when they began within its start period.
 */
export function withProbe(
  record: HealthRecord,
  probe: HealthProbe,
  check: ResolvedHealthcheck,
): HealthRecord {
  const log = [...record.log, probe].slice(-MOST_PROBES)
  if (probe.exitCode === 0) return { ...record, status: 'healthy', failingStreak: 0, log }
  const isPardoned =
    record.status === 'starting' && probe.startedAt - record.runStartedAt < check.startPeriodMs
  if (isPardoned) return { ...record, log }
  const failingStreak = record.failingStreak + 1
  const status: Health = failingStreak >= check.retries ? 'unhealthy' : record.status
  return { ...record, status, failingStreak, log }
}

/** Tells whether the engine makes `test` itself. */
export function isProbeTest(test: HealthTest): test is HealthProbeTest {
  return ['tcp', 'http', 'unix', 'log'].includes(test.kind)
}

/**
 * Returns when the next probe is due: an interval after the last one ended, or after the container started. That
 * interval is `startIntervalMs` while the container is starting within its start period; without a start period the
 * first probe therefore comes a whole `intervalMs` after the start, as docker has it. The first one of a test of the
 * engine's own comes at once.
 */
export function nextProbeAt(record: HealthRecord, check: ResolvedHealthcheck): number {
  if (record.log.length === 0 && isProbeTest(check.test)) return record.runStartedAt
  const from = record.log.at(-1)?.endedAt ?? record.runStartedAt
  const isInStartPeriod = from - record.runStartedAt < check.startPeriodMs
  return from + (isInStartPeriod && record.status === 'starting' ? check.startIntervalMs : check.intervalMs)
}
