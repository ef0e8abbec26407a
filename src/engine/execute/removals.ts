import { rmdir } from 'node:fs/promises'
import type { Cgroup } from '../cgroup/cgroup.ts'
import { removeCgroup } from '../cgroup/remove-cgroup.ts'
import { type DoomedInterfaces, removeInterfaces } from '../network/remove-interfaces.ts'

/** Something of the kernel's that is to go. */
export interface Removal {
  readonly interfaces: DoomedInterfaces
  readonly cgroup: Cgroup | undefined
  /** Called when it is gone; what the record says of it may change then, and not before. */
  readonly onGone: () => void
}

/**
 * Removes kernel objects many at a time and off the main thread. The kernel waits tens of milliseconds for each
 * interface or control group that goes alone, and hardly longer for all of them in one request.
 */
export class Removals {
  #waiting: Removal[] = []
  #flushing: Promise<void> = Promise.resolve()

  add(removal: Removal): void {
    this.#waiting.push(removal)
  }

  /** Resolves when everything that was added is gone. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushWaiting())
    return this.#flushing
  }

  async #flushWaiting(): Promise<void> {
    const removals = this.#waiting
    if (removals.length === 0) return
    this.#waiting = []
    await Promise.all([
      removeInterfaces({
        bridges: removals.flatMap(({ interfaces }) => interfaces.bridges),
        endpoints: removals.flatMap(({ interfaces }) => interfaces.endpoints),
      }),
      ...removals.map(({ cgroup }) => (cgroup === undefined ? undefined : removeCgroupInBackground(cgroup))),
    ])
    for (const { onGone } of removals) onGone()
  }
}

/** Most folders go at the first try; what is left is a case for the thorough removal. */
async function removeCgroupInBackground(cgroup: Cgroup): Promise<void> {
  const removed = await Promise.all(cgroup.folders.map(removesFolder))
  if (removed.includes(false)) removeCgroup(cgroup)
}

async function removesFolder(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch {
    return false
  }
}
