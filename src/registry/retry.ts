/** How long to wait before the next try, in milliseconds; see `backOff`. */
export type Wait = (ms: number) => Promise<void>

/** A request is tried this often before its failure counts. */
export const MOST_TRIES: number = 5

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 60_000

/** Returns the wait after `failures` failures in a row: it doubles, with up to a quarter off so that many do not meet. */
export function backOff(failures: number): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS)
  return Math.round(wait * (1 - Math.random() / 4))
}

/** Tells whether a wait that a server asks for is one that a user would sit through. */
export function isBearable(waitMs: number): boolean {
  return waitMs <= LONGEST_WAIT_MS
}

/** Reads `Retry-After`: seconds, or a date. Undefined for none that can be read. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
