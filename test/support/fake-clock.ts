import type { Clock } from '../../src/engine/local/supervisor/clock.ts'

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  #now: number
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>()

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on by `millis`, running what falls due on the way, and lets every promise settle that needs no event. */
  async advance(millis: number): Promise<void> {
    const end = this.#now + millis
    await settle()
    for (let timer = this.#nextTimer(end); timer !== undefined; timer = this.#nextTimer(end)) {
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.callback()
      await settle()
    }
    this.#now = end
  }

  #nextTimer(end: number) {
    return [...this.#timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
  }
}

function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
