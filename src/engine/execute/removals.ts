import { rmdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Cgroup } from '../cgroup/cgroup.ts'
import { removeCgroup } from '../cgroup/remove-cgroup.ts'
import {
  type DoomedInterfaces,
  type RefusedInterfaces,
  removeInterfaces,
} from '../network/remove-interfaces.ts'

/** Something of the kernel's that is to go. */
export interface Removal {
  /** Whose it is, e.g. `network "shop_front"`. */
  readonly owner: string
  readonly interfaces: DoomedInterfaces
  readonly cgroup: Cgroup | undefined
  /** Called when it is gone; what the record says of it may change then, and not before. */
  readonly onGone: () => void
}

/** Removals that come closer together than this share one request. */
const GATHER_MS = 100
/** The kernel lets go of a control group some time after its last process was reaped. */
const CGROUP_TRIES = 50
const CGROUP_RETRY_MS = 10

interface WaitingRemoval {
  readonly removal: Removal
  readonly gone: PromiseWithResolvers<void>
}

/**
 * Removes kernel objects many at a time and off the main thread. The kernel waits tens of milliseconds for each
 * interface or control group that goes alone, and hardly longer for all of them in one request.
 */
export class Removals {
  #waiting: WaitingRemoval[] = []
  #flushing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  readonly #removeInterfaces: typeof removeInterfaces

  constructor(remove: typeof removeInterfaces = removeInterfaces) {
    this.#removeInterfaces = remove
  }

  /** Resolves when what was added is gone, after `onGone`; rejects with a `TcomposeError` if it stays. */
  add(removal: Removal): Promise<void> {
    const gone = Promise.withResolvers<void>()
    // Who does not wait for it hears of it by what the record goes on saying.
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
    const [interfaces, cgroups] = await Promise.allSettled([
      this.#removeInterfaces({
        bridges: removals.flatMap(removal => removal.interfaces.bridges),
        endpoints: removals.flatMap(removal => removal.interfaces.endpoints),
      }),
      Promise.all(removals.map(({ cgroup }) => (cgroup === undefined ? [] : foldersLeft(cgroup)))),
    ])
    for (const [index, { removal, gone }] of waiting.entries()) {
      try {
        assertRemoved(removal, settledValue(interfaces))
        assertLeft(removal, settledValue(cgroups)[index] ?? [])
        removal.onGone()
        gone.resolve()
      } catch (error) {
        gone.reject(error)
      }
    }
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
      { hint: 'It stays on record: see what "tcompose doctor" says, then run the command again', cause },
    )
  }
}

function assertLeft({ owner }: Removal, [folder]: readonly string[]): void {
  if (folder === undefined) return
  throw new TcomposeError(
    'cgroup',
    `Cannot remove ${owner}: a process is left in its control group ${folder}`,
    {
      hint: 'End what runs there, then run the command again',
    },
  )
}

/** Returns the folders that stay. Most go at the first try; what is left is a case for the thorough removal. */
async function foldersLeft(cgroup: Cgroup): Promise<readonly string[]> {
  const removed = await Promise.all(cgroup.folders.map(removesFolder))
  if (!removed.includes(false)) return []
  for (let attempt = 1; ; attempt++) {
    const left = removeCgroup(cgroup)
    if (left.length === 0 || attempt === CGROUP_TRIES) return left
    await delay(CGROUP_RETRY_MS)
  }
}

async function removesFolder(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch {
    return false
  }
}
