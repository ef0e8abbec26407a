import { expect, test } from 'vitest'
import { releaseBytes } from '../../src/base/release-bytes.ts'

test('releaseBytes() empties bytes that have an ArrayBuffer of their own', () => {
  const bytes = Buffer.allocUnsafeSlow(100_000)
  releaseBytes(bytes)
  expect(bytes.length).toBe(0)
})

test('releaseBytes() leaves bytes alone that share an ArrayBuffer', () => {
  const bytes = Buffer.alloc(100_000)
  releaseBytes(bytes.subarray(1))
  expect(bytes.length).toBe(100_000)
})
