import type { HealthProbe } from '../../../../model/observed-state.ts'
import { nextProbeAt, withProbe } from '../../state/health-state.ts'
import type { HealthRecord, ResolvedHealthcheck } from '../../state/live-record.ts'
import type { Clock } from '../clock.ts'

export interface MonitorOptions {
  readonly clock: Clock
  readonly check: ResolvedHealthcheck
  /** What is known of this run of the container already. */
  readonly record: HealthRecord
  /** Tells whether the container is paused: it is not probed then. */
  readonly isPaused: () => boolean
  /** Runs one probe; never rejects. */
  readonly probe: (signal: AbortSignal) => Promise<HealthProbe>
  /** Hears of each new record. */
  readonly onRecord: (record: HealthRecord, previous: HealthRecord) => void
}

/** What is done for the health of a container. */
export interface HealthMonitor extends Disposable {
  /** When it is probed next, milliseconds since the epoch; undefined while a probe is under way. */
  readonly dueAt: number | undefined
}

/**
 * Probes a container again and again, one probe at a time, until disposed; a probe under way is then killed. One that is paused
 * is looked at again after an interval.
 */
export function monitorHealth({
  clock,
  check,
  record: known,
  isPaused,
  probe,
  onRecord,
}: MonitorOptions): HealthMonitor {
  const stopping = new AbortController()
  let record = known
  let dueAt: number | undefined
  const runAt = (at: number) => {
    dueAt = at
    return clock.after(Math.max(0, at - clock.now()), run)
  }
  const schedule = () => runAt(nextProbeAt(record, check))
  let cancel = schedule()
  function run(): void {
    if (isPaused()) {
      cancel = runAt(clock.now() + check.intervalMs)
      return
    }
    dueAt = undefined
    void probe(stopping.signal).then(result => {
      if (stopping.signal.aborted) return
      const previous = record
      record = withProbe(previous, result, check)
      onRecord(record, previous)
      cancel = schedule()
    })
  }
  return {
    get dueAt() {
      return dueAt
    },
    [Symbol.dispose]: () => {
      stopping.abort()
      cancel()
    },
  }
}
