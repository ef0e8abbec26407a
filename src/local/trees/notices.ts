/** One file is saved in several steps: they are over when none has come for that long. */
const QUIET_MS = 12
/** Of a burst that goes on, what has settled is taken as often as that. */
const PART_MS = 25
/** What never settles is taken after that long. */
const LONGEST_MS = 1000

/** When things happened at a path, as `performance.now()` counts. */
interface NoticeTimes {
  readonly first: number
  readonly last: number
}

/** Takes down where something happened, and hands that out once it is over there. */
export class Notices {
  /** The earliest `last` comes first. */
  readonly #times = new Map<string, NoticeTimes>()
  /** Since when something is there that was not looked at. */
  #since = 0
  #last = 0
  #wake: (() => void) | undefined

  /** Takes down that something happened at `path`. */
  add(path: string): void {
    const now = performance.now()
    const known = this.#times.get(path)
    if (this.isEmpty) this.#since = now
    this.#last = now
    if (known === undefined || now - known.first < LONGEST_MS) {
      this.#times.delete(path)
      this.#times.set(path, { first: known?.first ?? now, last: now })
    }
    this.#wake?.()
  }

  /** Forgets all that was taken down. */
  clear(): void {
    this.#times.clear()
  }

  get isEmpty(): boolean {
    return this.#times.size === 0
  }

  /**
   * Returns the paths at which something happened, when it is over there; none if `ms` milliseconds pass without a notice, or
   * `signal` aborts. Without `ms` it waits for as long as it takes.
   */
  async settled(ms: number | undefined, signal: AbortSignal): Promise<readonly string[]> {
    if (this.isEmpty) await this.#wait(ms, { signal, wakes: true })
    while (!this.isEmpty && !signal.aborted) {
      const leftMs = this.#dueAt() - performance.now()
      if (leftMs <= 0) return this.#take()
      await this.#wait(leftMs, { signal, wakes: false })
    }
    return []
  }

  #dueAt(): number {
    const [earliest] = this.#times.values()
    const settledAt = (earliest?.last ?? 0) + QUIET_MS
    return Math.min(this.#last + QUIET_MS, Math.max(settledAt, this.#since + PART_MS))
  }

  #take(): readonly string[] {
    const now = performance.now()
    const paths: string[] = []
    for (const [path, { last }] of this.#times) {
      if (now - last < QUIET_MS) break
      paths.push(path)
    }
    for (const path of paths) this.#times.delete(path)
    this.#since = now
    return paths
  }

  async #wait(
    ms: number | undefined,
    { signal, wakes }: { readonly signal: AbortSignal; readonly wakes: boolean },
  ): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const done = (): void => resolve()
    signal.addEventListener('abort', done, { once: true })
    if (wakes) this.#wake = done
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      this.#wake = undefined
    }
  }
}
