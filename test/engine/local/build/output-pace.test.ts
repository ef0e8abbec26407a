import { expect, test } from 'vitest'
import { OutputPace } from '../../../../src/engine/local/build/output-pace.ts'

/** Adds lines until one has to wait, and returns how many that took. */
function linesAtOnce(line: string): number {
  let asked = 0
  const pace = new OutputPace(async () => {
    asked += 1
  })
  for (let count = 1; count < 10_000; count += 1)
    if (pace.add(line) !== undefined) return asked === 1 ? count : 0
  return 0
}

test('OutputPace waits for the reader after a few long lines, or some thousands of empty ones', () => {
  expect(linesAtOnce('x'.repeat(16_384))).toBe(16)
  expect(linesAtOnce('')).toBe(2048)
})

test('OutputPace counts anew when the reader was waited for', () => {
  const pace = new OutputPace(async () => undefined)
  const line = 'x'.repeat(150_000)
  expect([line, line, line, line].map(text => pace.add(text) !== undefined)).toEqual([
    false,
    true,
    false,
    true,
  ])
})

test('OutputPace does not wait without a reader', () => {
  expect(new OutputPace(undefined).add('x'.repeat(1 << 20))).toBeUndefined()
})
