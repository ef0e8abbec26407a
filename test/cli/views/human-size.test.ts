import { expect, test } from 'vitest'
import { humanSize } from '../../../src/cli/views/human-size.ts'

const sizes = [
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [4_261_550, '4.26MB'],
  [117_000_000, '117MB'],
  [999_700, '1MB'],
  [1_240_000_000, '1.24GB'],
] as const
for (const [bytes, text] of sizes) {
  test(`humanSize() writes ${bytes} bytes as ${text}`, () => expect(humanSize(bytes)).toBe(text))
}
