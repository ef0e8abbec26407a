/** Waits and wakes: what happened, and when it was quiet again. */
export class Notices {
  readonly #paths = new Set<string>()
  #wake: (() => void) | undefined

  /** Takes down that something happened at `path`. */
  add(path: string): void {
    this.#paths.add(path)
    this.#wake?.()
  }

  /** Returns what was taken down since the last call, and forgets it. */
  take(): readonly string[] {
    const paths = [...this.#paths]
    this.#paths.clear()
    return paths
  }

  get isEmpty(): boolean {
    return this.#paths.size === 0
  }

  /** Resolves with the next notice, after `ms` milliseconds, or when `signal` aborts; without `ms`, whenever that is. */
  async next(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const done = (): void => resolve()
    signal.addEventListener('abort', done, { once: true })
    this.#wake = done
    try {
      await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      this.#wake = undefined
    }
  }
}
