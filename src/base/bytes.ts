import type { Brand } from './brand.ts'

/** A count of bytes: a non-negative safe integer. */
export type Bytes = Brand<number, 'Bytes'>

const SIZE = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])i?b?|b)?$/i
const POWERS = new Map([
  ['k', 1],
  ['m', 2],
  ['g', 3],
  ['t', 4],
  ['p', 5],
])

/**
 * Reads a Compose byte size, e.g. `512m`, `1.5 GiB` or `64kb`. Units are powers of 1024; a fraction of a
 * byte is dropped.
 *
 * @throws {SyntaxError} If `text` is not a size.
 * @throws {RangeError} If the size is past `Number.MAX_SAFE_INTEGER`.
 */
export function parseBytes(text: string): Bytes {
  return parseWithUnit(text, 1024)
}

/**
 * Reads a size whose units are powers of 1000, as docker reads that of a log.
 *
 * @throws {SyntaxError} If `text` is not a size.
 * @throws {RangeError} If the size is past `Number.MAX_SAFE_INTEGER`.
 */
export function parseDecimalBytes(text: string): Bytes {
  return parseWithUnit(text, 1000)
}

function parseWithUnit(text: string, step: number): Bytes {
  const match = SIZE.exec(text)
  if (match === null) {
    throw new SyntaxError(`Cannot parse size "${text}": expected a number and b, k, m, g, t or p`)
  }
  const [, count, unit] = match
  const bytes = Math.floor(Number(count) * step ** (POWERS.get(unit?.toLowerCase() ?? '') ?? 0))
  return bytesOf(bytes)
}

/** @throws {RangeError} If `count` is not a non-negative safe integer. */
export function bytesOf(count: number): Bytes {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `Cannot represent size ${count}: it is not between 0 and ${Number.MAX_SAFE_INTEGER} bytes`,
    )
  }
  return count as Bytes
}

/** Returns a short form with one decimal at most, e.g. `64MiB`. */
export function formatBytes(bytes: Bytes): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const count = Math.round((bytes / 1024 ** power) * 10) / 10
  return `${count}${units[power]}`
}
