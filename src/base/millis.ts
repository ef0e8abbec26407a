import type { Brand } from './brand.ts'

/** A span of time in whole milliseconds, not negative. */
export type Millis = Brand<number, 'Millis'>

const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w)/gy
const UNIT_MS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
])

/**
 * Reads a Compose duration, e.g. `90s`, `1m30s` or `0`. Anything above zero is at least one millisecond.
 *
 * @throws {SyntaxError} If `text` is not a duration; a bare number other than 0 is none.
 */
export function parseMillis(text: string): Millis {
  if (/^0+$/.test(text)) return 0 as Millis
  const parts = [...text.matchAll(PART)]
  const read = parts.reduce((length, [part]) => length + part.length, 0)
  if (parts.length === 0 || read !== text.length) {
    throw new SyntaxError(`Cannot parse duration "${text}": expected numbers with units, such as "1m30s"`)
  }
  const total = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS.get(unit ?? '') ?? Number.NaN),
    0,
  )
  return millisOf(total > 0 ? Math.max(1, Math.round(total)) : 0)
}

/** @throws {RangeError} If `count` is not a non-negative safe integer. */
export function millisOf(count: number): Millis {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `Cannot represent duration ${count}: it is not a non-negative whole number of milliseconds`,
    )
  }
  return count as Millis
}

/** Returns Go's form of a duration, e.g. `1m30s`, `500ms` or `0s`. */
export function formatMillis(millis: Millis): string {
  if (millis === 0) return '0s'
  if (millis < 1000) return `${millis}ms`
  const hours = Math.floor(millis / 3_600_000)
  const minutes = Math.floor((millis % 3_600_000) / 60_000)
  const seconds = (millis % 60_000) / 1000
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}
