/** Bytes that do not repeat within gzip's window, but compress to some 40 %, as programs do. */
const POOL_BYTES: number = 16 * 1024 * 1024
const WORDS = 3000
const LONGEST_WORD = 14

/** Returns numbers below `limit`, the same ones for the same seed. */
export type Dice = (limit: number) => number

/** Returns xorshift32 with `seed`, which is not 0. */
export function makeDice(seed: number): Dice {
  let state = seed | 0
  return limit => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

/** Returns 16 MiB to cut files from: words of which few are frequent, mixed with noise. The same at each call. */
export function softwareLikeBytes(): Buffer {
  const dice = makeDice(20_240_229)
  const words = Array.from({ length: WORDS }, () =>
    Buffer.from(Array.from({ length: 3 + dice(LONGEST_WORD - 2) }, () => dice(256))),
  )
  const pool = Buffer.alloc(POOL_BYTES)
  let length = 0
  while (length < POOL_BYTES) {
    const isNoise = dice(16) === 0
    const word = words[Math.floor((dice(WORDS) * dice(WORDS) * dice(WORDS)) / WORDS ** 2)]
    if (word === undefined || isNoise) pool[length++] = dice(256)
    else length += word.copy(pool, length)
  }
  return pool
}
