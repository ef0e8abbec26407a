import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatIpAddress, ipBytes, ipFromBytes, parseIpAddress } from '../../src/base/ip-address.ts'

const formatted = (text: string): string | undefined => {
  const address = parseIpAddress(text)
  return address === undefined ? undefined : formatIpAddress(address)
}

describe('parseIpAddress() and formatIpAddress()', () => {
  for (const text of [
    '0.0.0.0',
    '10.8.1.2',
    '255.255.255.255',
    '::',
    '::1',
    'fd00::2',
    '2001:db8::1:0:0:1',
  ]) {
    test(`keep ${text}`, () => expect(formatted(text)).toBe(text))
  }
  for (const [text, canonical] of [
    ['FD00:0:0:0:0:0:0:2', 'fd00::2'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['fd00::', 'fd00::'],
  ] as const) {
    test(`write ${text} as ${canonical}`, () => expect(formatted(text)).toBe(canonical))
  }
  for (const text of [
    '',
    '10.8.1',
    '10.8.1.256',
    ' 10.8.1.2',
    'web',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'fd00::12345',
    'fd00::1%eth0',
    '10.0.0.1::',
  ]) {
    test(`find no address in ${JSON.stringify(text)}`, () => expect(parseIpAddress(text)).toBeUndefined())
  }
})

test('ipBytes() and ipFromBytes() are each other’s inverse, and so are the texts', () => {
  const bytes = fc
    .constantFrom(4, 16)
    .chain(length => fc.uint8Array({ minLength: length, maxLength: length }))
  fc.assert(
    fc.property(bytes, given => {
      const address = ipFromBytes(given)
      if (address === undefined) throw new Error('no address')
      expect(ipBytes(address)).toEqual(given)
      expect(parseIpAddress(formatIpAddress(address))).toEqual(address)
    }),
  )
  expect(ipFromBytes(new Uint8Array(6))).toBeUndefined()
})
