import { isIP } from 'node:net'
import { expect, test } from 'vitest'
import { canonicalAddress } from '../../../src/parser/address/canonical-address.ts'

for (const [text, canonical] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::0001', '2001:db8::1'],
  ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ['2001:0:0:1:0:0:1:1', '2001::1:0:0:1:1'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['fe80::', 'fe80::'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['64:ff9b::10.1.2.3', '64:ff9b::a01:203'],
] as const) {
  test(`canonicalAddress() gives ${canonical} for ${text}`, () => {
    expect(canonicalAddress(text)).toBe(canonical)
    expect(isIP(canonical)).toBeGreaterThan(0)
  })
}

test('canonicalAddress() leaves what is no address as it is', () => {
  expect(canonicalAddress('localhost')).toBe('localhost')
  expect(canonicalAddress('1:2:3')).toBe('1:2:3')
})
