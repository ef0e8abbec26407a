const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|\u03bcs|ms|s|m|h)/gy
const UNIT_NS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['\u03bcs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

/** Returns what is wrong with a duration of a health check as Go reads it; undefined if nothing is. */
export function goDurationProblem(text: string): string | undefined {
  const digits = text.replace(/^[+-]/, '')
  if (digits === '0') return undefined
  let read = 0
  let total = 0
  for (const [part, count, unit] of digits.matchAll(PART)) {
    read += part.length
    total += Number(count) * (UNIT_NS.get(unit ?? '') ?? Number.NaN)
  }
  if (read === 0 || read !== digits.length) return 'expected a duration such as "30s" or "1m30s"'
  if (total >= 2 ** 63) return 'which is too long'
  if (total !== 0 && (text.startsWith('-') || total < 1e6)) return 'expected at least "1ms"'
  return undefined
}
