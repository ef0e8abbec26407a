import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { dissolveCgroup } from '../../../linux/cgroup/dissolve-cgroup.ts'
import type { DoomedInterfaces, RefusedInterfaces } from '../network/remove-interfaces.ts'
import type { KernelNetwork } from './kernel-network.ts'

/** Something of the kernel's that is to go. */
export interface Removal {
  /** Whose it is, e.g. `network "shop_front"`. */
  readonly owner: string
  readonly interfaces: DoomedInterfaces
  readonly cgroup: Cgroup | undefined
  /** Called when it is gone, in the order of adding; what the record says of it may change then, and not before. */
  readonly onGone: () => void
}

/** Removals that come closer together than this share one request. */
const GATHER_MS = 100

interface WaitingRemoval {
  readonly removal: Removal
  readonly gone: PromiseWithResolvers<void>
}

/**
 * Removes kernel objects many at a time and off the main thread. The kernel waits tens of milliseconds for each
 * interface or control group that is removed alone, and hardly longer for all of them in one request.
 */
export class Removals {
  #waiting: WaitingRemoval[] = []
  #flushing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  readonly #removeInterfaces: KernelNetwork['removeInterfaces']

  constructor(removeInterfaces: KernelNetwork['removeInterfaces']) {
    this.#removeInterfaces = removeInterfaces
  }

  /** Resolves when what was added is gone, after `onGone`; rejects with a `TcomposeError` if it stays. */
  add(removal: Removal): Promise<void> {
    const gone = Promise.withResolvers<void>()
    // A caller that does not wait for it learns of it from what remains on record.
    gone.promise.catch(() => undefined)
    this.#waiting.push({ removal, gone })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), GATHER_MS)
    return gone.promise
  }

  /** Resolves when everything that was added is gone or known to stay. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#flushing = this.#flushing.then(() => this.#flushWaiting())
    return this.#flushing
  }

  async #flushWaiting(): Promise<void> {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    const removals = waiting.map(({ removal }) => removal)
    const interfaces = this.#removeInterfaces({
      bridges: removals.flatMap(removal => removal.interfaces.bridges),
      endpoints: removals.flatMap(removal => removal.interfaces.endpoints),
    })
    const attempts = waiting.map(async ({ removal: { cgroup } }) => {
      const dissolved = cgroup === undefined ? undefined : dissolveCgroup(cgroup)
      return await Promise.allSettled([interfaces, dissolved])
    })
    const outcomes = await Promise.all(attempts)
    for (const [index, one] of waiting.entries()) settle(one, outcomes[index])
  }
}

type Outcome = readonly [PromiseSettledResult<RefusedInterfaces>, PromiseSettledResult<void>]

function settle({ removal, gone }: WaitingRemoval, outcome: Outcome | undefined): void {
  if (outcome === undefined) return
  const [refused, dissolved] = outcome
  try {
    assertRemoved(removal, settledValue(refused))
    settledValue(dissolved)
    removal.onGone()
    gone.resolve()
  } catch (error) {
    gone.reject(error)
  }
}

function settledValue<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

function assertRemoved({ owner, interfaces }: Removal, refused: RefusedInterfaces): void {
  for (const name of [...interfaces.endpoints, ...interfaces.bridges]) {
    const cause = refused.get(name)
    if (cause === undefined) continue
    throw new TcomposeError(
      'network',
      `Cannot remove ${owner}: the kernel refuses to delete interface ${name} (${cause.errnoName})`,
      { hint: 'It remains on record: see what "tcompose doctor" says, then run the command again', cause },
    )
  }
}
