import { setTimeout as delay } from 'node:timers/promises'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { openPidfd } from '../../linux/pidfd.ts'
import { findKeeper, isKeeperOf } from './find-keeper.ts'

const SIGKILL = 9
const LOOK_MS = 10

/**
 * Ends the keeper at `socketPath` with SIGKILL, and returns its pid once it is gone; undefined if there is none. Its
 * containers get SIGKILL from the kernel, but for those that have cleared their parent-death signal.
 *
 * @throws {TcomposeError} `keeper-stalled` if it is still there after `patienceMs`.
 */
export async function endKeeper(socketPath: string, patienceMs: number): Promise<number | undefined> {
  const pid = findKeeper(socketPath)
  if (pid === undefined) return undefined
  using process = openPidfd(pid)
  if (process === undefined || !isKeeperOf(pid, socketPath)) return undefined
  process.send(SIGKILL)
  const deadline = performance.now() + patienceMs
  while (isKeeperOf(pid, socketPath)) {
    if (performance.now() > deadline) throw survives(pid, patienceMs)
    await delay(LOOK_MS)
  }
  return pid
}

function survives(pid: number, patienceMs: number): TcomposeError {
  return new TcomposeError(
    'keeper-stalled',
    `Cannot end the keeper: process ${pid} is still there ${patienceMs / 1000} s after SIGKILL`,
    { hint: `See what the kernel waits for with "cat /proc/${pid}/stack", then run the command again` },
  )
}
