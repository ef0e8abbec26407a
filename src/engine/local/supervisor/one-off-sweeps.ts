import type { Clock } from './clock.ts'

/** A one-off that has ended and is to go. */
export interface SpentOneOff {
  readonly id: string
  /** How long whoever runs it has to remove it. */
  readonly afterMs: number
  /** Tells whether it has gone meanwhile. */
  readonly isGone: () => boolean
}

/** Has one-offs removed that have ended. That is asked for once for each: what it cannot do is left to the next command. */
export class OneOffSweeps {
  readonly #clock: Clock
  readonly #sweep: () => void
  readonly #known = new Set<string>()

  /** `sweep` has all that are to go removed, and returns at once. */
  constructor(clock: Clock, sweep: () => void) {
    this.#clock = clock
    this.#sweep = sweep
  }

  /**
   * Has a one-off removed if it is still there when its time has passed, and calls `onOver` then. Returns what cancels that;
   * undefined for one that was asked for before.
   */
  plan({ id, afterMs, isGone }: SpentOneOff, onOver: () => void): (() => void) | undefined {
    if (this.#known.has(id)) return undefined
    return this.#clock.after(afterMs, () => {
      if (!isGone()) {
        this.#known.add(id)
        this.#sweep()
      }
      onOver()
    })
  }
}
