/** Time, for what must be tested without waiting. Times are milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Calls `callback` once after `delayMs`, unless the returned function is called first. */
  after(delayMs: number, callback: () => void): () => void
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    // setTimeout() takes a longer delay for none at all.
    let timer: NodeJS.Timeout
    const wait = (remainingMs: number) => {
      const step = Math.min(remainingMs, LONGEST_TIMEOUT_MS)
      timer = setTimeout(step < remainingMs ? () => wait(remainingMs - step) : callback, step)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1
