import { expect, test } from 'vitest'
import { formatGoDuration, parseGoDuration } from '../../src/base/go-duration.ts'

const durations: ReadonlyArray<readonly [text: string, nanoseconds: number, written?: string]> = [
  ['0', 0, '0s'],
  ['1s', 1e9],
  ['1.5s', 1.5e9],
  ['1m', 60e9, '1m0s'],
  ['90s', 90e9, '1m30s'],
  ['1h2m3.25s', 3_723.25e9],
  ['250ms', 250e6],
  ['1.5ms', 1_500_000],
  ['7us', 7e3, '7µs'],
  ['7ns', 7],
  ['+2s', 2e9, '2s'],
  ['.5s', 5e8, '500ms'],
  ['1.s', 1e9, '1s'],
  ['7\u00b5s', 7e3, '7\u00b5s'],
  ['7\u03bcs', 7e3, '7\u00b5s'],
]
for (const [text, nanoseconds, written = text] of durations) {
  test(`parseGoDuration() reads ${text}, formatGoDuration() writes ${written}`, () => {
    expect(parseGoDuration(text)).toBe(nanoseconds)
    expect(formatGoDuration(nanoseconds)).toBe(written)
  })
}

for (const text of ['', '1', 's', '1d', '1s2', '1 s', '--1s']) {
  test(`parseGoDuration() finds no duration in ${JSON.stringify(text)}`, () => {
    expect(parseGoDuration(text)).toBeUndefined()
  })
}

test('parseGoDuration() takes what Go cannot hold for infinite, and reads signs', () => {
  expect(parseGoDuration('9999999h')).toBe(Number.POSITIVE_INFINITY)
  expect(parseGoDuration('-9999999h')).toBe(Number.NEGATIVE_INFINITY)
  expect(parseGoDuration('-1m')).toBe(-60e9)
})

test('parseGoDuration() takes no longer for many digits', () => {
  const start = performance.now()
  expect(parseGoDuration('1'.repeat(200_000))).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(1000)
})
