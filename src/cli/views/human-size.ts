/** Docker's names of the powers of 1000, bytes first. */
export const SIZE_UNITS: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Returns bytes in Docker's words: powers of 1000 and three digits, e.g. `4.26MB`, `117MB`. */
export function humanSize(bytes: number): string {
  let count = bytes
  let unit = 0
  // A count that rounds up to 1000 is shown in the next unit.
  while (count >= 999.5 && unit < SIZE_UNITS.length - 1) {
    count /= 1000
    unit += 1
  }
  return `${Number(count.toPrecision(3))}${SIZE_UNITS[unit]}`
}
