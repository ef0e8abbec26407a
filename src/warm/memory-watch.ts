import { releaseFreeMemory } from '../linux/free-memory.ts'

/** What is kept without a look: to collect takes as long as some three short commands. */
const MOST_GROWTH = 8 * 1024 * 1024

/** Gives the memory that a large command needed back to the system. All needs `--expose-gc`. */
export class MemoryWatch {
  #used = usedBytes()

  /**
   * Collects all garbage, in some tens of milliseconds, if much was added since the last time. Else only the young
   * generation: the next command begins with all of it free, and a collection inside one takes 1 to 3 ms.
   */
  tidy(): void {
    if (usedBytes() - this.#used < MOST_GROWTH) globalThis.gc?.({ type: 'minor', execution: 'sync' })
    else this.#collectAll()
  }

  #collectAll(): void {
    globalThis.gc?.()
    releaseFreeMemory()
    this.#used = usedBytes()
  }
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
