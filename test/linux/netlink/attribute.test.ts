import { describe, expect, test } from 'vitest'
import {
  attribute,
  be32Attribute,
  nested,
  parseAttributeList,
  parseAttributes,
  textAttribute,
  textOf,
  u32Attribute,
} from '../../../src/linux/netlink/attribute.ts'

const encodings: ReadonlyArray<{ readonly what: string; readonly bytes: Buffer; readonly hex: string }> = [
  { what: 'attribute() pads to four bytes', bytes: attribute(3, Buffer.of(1)), hex: '0500030001000000' },
  { what: 'attribute() encodes an empty value', bytes: attribute(3, Buffer.alloc(0)), hex: '04000300' },
  {
    what: 'textAttribute() ends in a NUL that counts',
    bytes: textAttribute(3, 'lo'),
    hex: '070003006c6f0000',
  },
  { what: 'u32Attribute() is little-endian', bytes: u32Attribute(4, 1500), hex: '08000400dc050000' },
  { what: 'be32Attribute() is in network order', bytes: be32Attribute(2, -300), hex: '08000200fffffed4' },
  {
    what: 'nested() marks a list and holds it',
    bytes: nested(18, textAttribute(1, 'veth')),
    hex: '10001280090001007665746800000000',
  },
]
for (const { what, bytes, hex } of encodings) {
  test(what, () => expect(bytes.toString('hex')).toBe(hex))
}

test('attribute() refuses a value that its length of 16 bits cannot tell', () => {
  expect(attribute(3, Buffer.alloc(65_531)).length).toBe(65_536)
  expect(() => attribute(3, Buffer.alloc(65_532))).toThrow(RangeError)
})

describe('parseAttributes()', () => {
  test('reads back what was encoded, without the mark of lists', () => {
    const attributes = parseAttributes(
      Buffer.concat([textAttribute(3, 'eth0'), nested(18, u32Attribute(1, 7))]),
    )
    expect(textOf(attributes.get(3))).toBe('eth0')
    expect(
      parseAttributes(attributes.get(18) ?? Buffer.alloc(0))
        .get(1)
        ?.readUInt32LE(),
    ).toBe(7)
  })

  for (const hex of ['', '04', '03000100', '09000100aaaa', '00000000']) {
    test(`stops at "${hex}", which is cut short`, () => {
      expect(parseAttributes(Buffer.from(hex, 'hex')).size).toBe(0)
    })
  }
})

test('parseAttributeList() keeps elements that share a type', () => {
  const list = parseAttributeList(Buffer.concat([u32Attribute(1, 5), u32Attribute(1, 6)]))
  expect(list.map(([type, value]) => [type, value.readUInt32LE()])).toEqual([
    [1, 5],
    [1, 6],
  ])
})

test('textOf() takes text with and without a NUL', () => {
  expect([textOf(Buffer.from('eth0\0\0')), textOf(Buffer.from('eth0')), textOf(undefined)]).toEqual([
    'eth0',
    'eth0',
    undefined,
  ])
})
