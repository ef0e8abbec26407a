import { assertNever } from '../../../base/assert-never.ts'
import type { RestartCause } from '../../../model/observed-state.ts'
import type { RestartPolicy } from '../../../model/service.ts'
import type { ExitRecord } from '../../../runtime/keeper/process-files.ts'
import type { RestartRecord } from './live-record.ts'

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 60_000
/** A container that ran this long is taken to work, and its next failure to be a new one. */
const STEADY_MS = 10_000

export interface RestartQuestion {
  readonly policy: RestartPolicy
  readonly restarts: RestartRecord
  readonly exit: ExitRecord
  /** How long the process ran; 0 for a program that did not reach its exec. */
  readonly ranMs: number
  readonly now: number
  readonly cause: RestartCause
}

/**
 * Returns the record to write because of an end that it does not cover yet: with `nextAt` when the policy starts the
 * container again, without when it does not. The wait doubles from 100 ms to a minute and is reset after a run of
 * ten seconds.
 */
export function planRestart({ policy, restarts, exit, ranMs, now, cause }: RestartQuestion): RestartRecord {
  if (!wantsRestart(policy, exit.exitCode, restarts.count)) return { ...restarts, nextAt: undefined }
  const lastDelayMs = ranMs >= STEADY_MS ? 0 : restarts.delayMs
  const delayMs = lastDelayMs === 0 ? FIRST_DELAY_MS : Math.min(lastDelayMs * 2, LONGEST_DELAY_MS)
  return { version: 1, count: restarts.count + 1, delayMs, nextAt: now + delayMs, cause }
}

/**
 * Tells whether `restarts` already holds the decision about `exit`. The planned start comes later than the end that it
 * follows, and any end of what was started comes later still.
 */
export function isPlanned(restarts: RestartRecord, exit: ExitRecord): boolean {
  return restarts.nextAt !== undefined && exit.finishedAt < restarts.nextAt
}

function wantsRestart(policy: RestartPolicy, exitCode: number, count: number): boolean {
  switch (policy.kind) {
    case 'no':
      return false
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure':
      return exitCode !== 0 && count < (policy.maxRetries || Number.POSITIVE_INFINITY)
    default:
      return assertNever(policy)
  }
}
