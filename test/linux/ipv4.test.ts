import { describe, expect, test } from 'vitest'
import {
  blockHas,
  blocksOverlap,
  formatIpv4,
  formatIpv4Block,
  ipv4Block,
  ipv4Bytes,
  lastAddress,
  parseIpv4,
  parseIpv4Block,
} from '../../src/linux/ipv4.ts'

for (const text of ['0.0.0.0', '10.8.1.2', '172.31.255.255', '255.255.255.255']) {
  test(`parseIpv4() and formatIpv4() keep ${text}`, () => {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text)
  })
}

for (const text of ['', '10.8.1', '10.8.1.256', '10.8.1.2.3', '::1', ' 10.8.1.2', 'web']) {
  test(`parseIpv4() finds no address in ${JSON.stringify(text)}`, () =>
    expect(parseIpv4(text)).toBeUndefined())
}

describe('parseIpv4Block()', () => {
  for (const [text, block] of [
    ['172.18.5.6/16', '172.18.0.0/16'],
    ['192.168.3.0/24', '192.168.3.0/24'],
    ['10.0.0.5/32', '10.0.0.5/32'],
    ['1.2.3.4/0', '0.0.0.0/0'],
  ] as const) {
    test(`reads ${text} as ${block}`, () => {
      expect(formatIpv4Block(parseIpv4Block(text) ?? { base: 0, prefixLength: -1 })).toBe(block)
    })
  }
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/64', '']) {
    test(`finds no block in ${JSON.stringify(text)}`, () => expect(parseIpv4Block(text)).toBeUndefined())
  }
})

test('lastAddress() is the broadcast address', () => {
  expect(formatIpv4(lastAddress(ipv4Block(0xac120101, 16)))).toBe('172.18.255.255')
})

for (const [one, other, overlap] of [
  ['10.0.0.0/8', '10.5.0.0/16', true],
  ['10.5.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/24', '10.0.1.0/24', false],
  ['0.0.0.0/0', '255.255.255.255/32', true],
] as const) {
  test(`blocksOverlap() is ${overlap} for ${one} and ${other}`, () => {
    const none = { base: -1, prefixLength: 32 }
    expect(blocksOverlap(parseIpv4Block(one) ?? none, parseIpv4Block(other) ?? none)).toBe(overlap)
  })
}

test('blockHas() includes both ends', () => {
  const block = ipv4Block(0x0a000000, 30)
  expect([0x09ffffff, 0x0a000000, 0x0a000003, 0x0a000004].map(address => blockHas(block, address))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('ipv4Bytes() is in network order', () => expect([...ipv4Bytes(0xac120001)]).toEqual([172, 18, 0, 1]))
