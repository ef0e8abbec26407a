/** Nanoseconds of each unit, the largest first. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['µs', 1e3],
  ['\u03bcs', 1e3],
  ['ns', 1],
])

const PART = /(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|\u03bcs|ns)/y

/**
 * Returns the nanoseconds of a duration as time.ParseDuration of Go reads it, e.g. `1h2m3.5s`; undefined if it is none,
 * infinity for one that Go cannot hold.
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  const nanoseconds = rest === '' ? undefined : sumOf(rest)
  if (nanoseconds === undefined) return undefined
  return signed(sign, nanoseconds < 2 ** 63 ? nanoseconds : Number.POSITIVE_INFINITY)
}

function sumOf(text: string): number | undefined {
  let total = 0
  let end = 0
  while (end < text.length) {
    PART.lastIndex = end
    const [match = '', count, unit = ''] = PART.exec(text) ?? []
    if (match === '') return undefined
    total += Math.trunc(Number(count) * (UNITS.get(unit) ?? 0))
    end += match.length
  }
  return total
}

function signed(sign: string, value: number): number {
  return sign === '-' ? -value : value
}

/** Writes a duration in nanoseconds as Go does: `1h2m3.5s`, `250ms`, `0s`. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  if (nanoseconds < 1e9) return belowSecond(nanoseconds)
  const hours = Math.floor(nanoseconds / 3_600e9)
  const minutes = Math.floor((nanoseconds % 3_600e9) / 60e9)
  const seconds = `${fraction(nanoseconds % 60e9, 1e9)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

function belowSecond(nanoseconds: number): string {
  if (nanoseconds >= 1e6) return `${fraction(nanoseconds, 1e6)}ms`
  return nanoseconds >= 1e3 ? `${fraction(nanoseconds, 1e3)}µs` : `${nanoseconds}ns`
}

function fraction(nanoseconds: number, unit: number): string {
  const rest = String(nanoseconds % unit).padStart(String(unit).length - 1, '0')
  const digits = rest.replace(/0+$/, '')
  return `${Math.floor(nanoseconds / unit)}${digits === '' ? '' : `.${digits}`}`
}
