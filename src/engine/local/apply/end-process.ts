import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'

export const SIGKILL = 9
/** How long a process may take to end after SIGKILL: one that hangs in the kernel gets it late or never. */
export const KILL_PATIENCE_MS = 10_000

/** A timer of Node that is to take longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What ends processes that a keeper has. */
export type EndingKeeper = Pick<KeeperConnection, 'signal' | 'wait' | 'hasEnded'>

/** How to end a process. */
export interface ProcessEnding {
  readonly id: string
  readonly signal: number
  /** Time between `signal` and SIGKILL. */
  readonly graceMs: number
  /** How long it may take to end after that. @default KILL_PATIENCE_MS */
  readonly patienceMs?: number
  /** Once aborted nothing waits for the end after `signal`, and SIGKILL is not sent. */
  readonly cancel?: AbortSignal | undefined
  /** Called when `signal` was sent: a process that is frozen takes it only once it is thawed. */
  readonly onSignalled?: ((signal: number) => void) | undefined
}

/**
 * Ends a process that the keeper has, and resolves when it was reaped; with false if it outlives SIGKILL. One that is
 * gone is no failure. Rejects when the wait is cancelled.
 */
export async function endProcess(
  keeper: EndingKeeper,
  { id, signal, graceMs, patienceMs = KILL_PATIENCE_MS, cancel, onSignalled }: ProcessEnding,
): Promise<boolean> {
  if (signal !== SIGKILL && (await endsAfter(keeper, { id, signal, graceMs, cancel, onSignalled })))
    return true
  return endsAfter(keeper, { id, signal: SIGKILL, graceMs: patienceMs, onSignalled })
}

/** Sends `signal` and returns whether the process ends within `graceMs`. */
async function endsAfter(
  keeper: EndingKeeper,
  { id, signal, graceMs, cancel, onSignalled }: ProcessEnding,
): Promise<boolean> {
  const ended = keeper.wait(id).catch(ignoreGone)
  // Where the connection ends, both reject, and the first one decides.
  ended.catch(() => undefined)
  await keeper.signal(id, signal).catch(ignoreGone)
  onSignalled?.(signal)
  return await endsWithin(ended, graceMs, cancel)
}

async function endsWithin(
  ended: Promise<unknown>,
  graceMs: number,
  cancel: AbortSignal | undefined,
): Promise<boolean> {
  cancel?.throwIfAborted()
  const expiry = Promise.withResolvers<'expired'>()
  expiry.promise.catch(() => undefined)
  const timer = setTimeout(() => expiry.resolve('expired'), Math.min(graceMs, LONGEST_TIMER_MS))
  const onAbort = () => expiry.reject(cancel?.reason)
  cancel?.addEventListener('abort', onAbort)
  try {
    return (await Promise.race([ended, expiry.promise])) !== 'expired'
  } finally {
    clearTimeout(timer)
    cancel?.removeEventListener('abort', onAbort)
  }
}

/** A process that ended meanwhile is what was wanted. */
function ignoreGone(error: unknown): void {
  if (errnoNameOf(error) !== 'ESRCH') throw error
}
