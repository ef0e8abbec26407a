import { expect, test } from 'vitest'
import { randomBytes } from '../../src/linux/random-bytes.ts'

test('randomBytes() gives as many bytes as asked for, and others each time', () => {
  expect(randomBytes(32)).toHaveLength(32)
  expect(randomBytes(32).equals(randomBytes(32))).toBe(false)
})
