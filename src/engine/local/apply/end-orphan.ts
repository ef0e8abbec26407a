import { setTimeout as delay } from 'node:timers/promises'
import { openPidfd } from '../../../linux/pidfd.ts'
import { isAlive } from '../../../linux/process-stat.ts'
import type { PidRecord } from '../../../runtime/keeper/process-files.ts'
import { KILL_PATIENCE_MS, type ProcessEnding, SIGKILL } from './end-process.ts'

const LOOK_MS = 10

/**
 * Ends a process that no keeper has: by `signal`, and after the grace period by SIGKILL. Returns how that went.
 */
export async function endOrphan(
  process: PidRecord,
  { signal, graceMs, patienceMs = KILL_PATIENCE_MS, cancel, onSignalled }: Omit<ProcessEnding, 'id'>,
): Promise<OrphanEnd> {
  if (signal !== SIGKILL) {
    signalOrphan(process, signal)
    onSignalled?.(signal)
    if (await endsWithin(process, graceMs, cancel)) return 'ended'
  }
  const isSent = signalOrphan(process, SIGKILL)
  onSignalled?.(SIGKILL)
  if (!(await endsWithin(process, patienceMs))) return 'survives'
  return isSent ? 'killed' : 'ended'
}

/** `ended` in a way that was not observed. */
export type OrphanEnd = 'ended' | 'killed' | 'survives'

/** Sends a signal to a recorded process itself, and to no other that got its pid; returns false if it has ended. */
export function signalOrphan({ pid, startTime }: PidRecord, signal: number): boolean {
  using process = openPidfd(pid)
  return process !== undefined && isAlive(pid, startTime) && process.send(signal)
}

/** The process has another parent, so its end is not reported. */
async function endsWithin({ pid, startTime }: PidRecord, ms: number, cancel?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + ms
  while (isAlive(pid, startTime)) {
    if (performance.now() > deadline) return false
    await delay(LOOK_MS, undefined, cancel && { signal: cancel })
  }
  return true
}
