/** Numbers that follow from a seed only, so that a failed round can be replayed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Returns a number from 0 to below 1 (mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** Returns a whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** Returns one of `choices`. */
  pick<const T extends readonly unknown[]>(choices: T): T[number] {
    return choices[this.below(choices.length)]
  }
}

/**
 * Returns the case of a round: `count` consecutive seeds cover every case once, and a few seeds cover cases that are
 * far apart.
 */
export function caseOf<T>(cases: readonly T[], seed: number): T {
  const found = cases[(seed * strideOf(cases.length)) % cases.length]
  if (found === undefined) throw new Error('Cannot choose a case: there are none')
  return found
}

/** A step near the golden section of `count` that has no divisor in common with it. */
function strideOf(count: number): number {
  const share = Math.round(count * 0.618) || 1
  for (let stride = share; ; stride += 1) {
    if (greatestDivisor(stride, count) === 1) return stride
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
