import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { KeeperConnection } from '../keeper/keeper-client.ts'

const SIGKILL = 9

/** How to end a process. */
export interface Ending {
  readonly id: string
  readonly signal: number
  /** Time between `signal` and SIGKILL. */
  readonly graceMs: number
}

/** Ends a process that the keeper has, and resolves when it was reaped. One that is gone is no failure. */
export async function endProcess(keeper: KeeperConnection, { id, signal, graceMs }: Ending): Promise<void> {
  if (signal === SIGKILL) return endProcessNow(keeper, id)
  const ended = keeper.wait(id).catch(ignoreGone)
  await keeper.signal(id, signal).catch(ignoreGone)
  if (await endsWithin(ended, graceMs)) return
  await endProcessNow(keeper, id)
}

/** Ends a process that the keeper has with SIGKILL, and resolves when it was reaped. */
export async function endProcessNow(keeper: KeeperConnection, id: string): Promise<void> {
  try {
    await keeper.signal(id, SIGKILL)
    await keeper.wait(id)
  } catch (error) {
    ignoreGone(error)
  }
}

async function endsWithin(ended: Promise<unknown>, graceMs: number): Promise<boolean> {
  const expired = Symbol('expired')
  let timer: NodeJS.Timeout | undefined
  const expiry = new Promise(resolve => {
    timer = setTimeout(resolve, graceMs, expired)
  })
  try {
    return (await Promise.race([ended, expiry])) !== expired
  } finally {
    clearTimeout(timer)
  }
}

/** A process that ended meanwhile is what was wanted. */
function ignoreGone(error: unknown): void {
  if (errnoNameOf(error) !== 'ESRCH') throw error
}
