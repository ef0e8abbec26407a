import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Bytes, sha256Hex } from '../../src/base/sha256.ts'

test('sha256Hex() gives what OpenSSL gives, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
    }),
  )
})

test('sha256Bytes() gives 32 bytes, the same as sha256Hex()', () => {
  expect(sha256Bytes('shop')).toHaveLength(32)
  expect(sha256Bytes('shop').toString('hex')).toBe(sha256Hex('shop'))
})
