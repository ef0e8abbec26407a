import { describe, expect, test } from 'vitest'
import { formatIpAddress, parseIpAddress } from '../../src/base/ip-address.ts'
import {
  blockHas,
  blocksOverlap,
  formatIpBlock,
  type IpBlock,
  isHostAddress,
  lastAddress,
  parseIpBlock,
} from '../../src/base/ip-block.ts'

function block(text: string): IpBlock {
  const found = parseIpBlock(text)
  if (found === undefined) throw new Error(`no block: ${text}`)
  return found
}

function address(text: string): NonNullable<ReturnType<typeof parseIpAddress>> {
  const found = parseIpAddress(text)
  if (found === undefined) throw new Error(`no address: ${text}`)
  return found
}

describe('parseIpBlock()', () => {
  for (const [text, canonical] of [
    ['172.18.5.6/16', '172.18.0.0/16'],
    ['10.0.0.5/32', '10.0.0.5/32'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['fd00:1:2:3:4:5:6:7/64', 'fd00:1:2:3::/64'],
    ['FD00::1/128', 'fd00::1/128'],
  ] as const) {
    test(`reads ${text} as ${canonical}`, () => expect(formatIpBlock(block(text))).toBe(canonical))
  }
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'fd00::', '']) {
    test(`finds no block in ${JSON.stringify(text)}`, () => expect(parseIpBlock(text)).toBeUndefined())
  }
})

test('lastAddress() is the broadcast address of IPv4', () => {
  expect(formatIpAddress(lastAddress(block('172.18.0.0/16')))).toBe('172.18.255.255')
  expect(formatIpAddress(lastAddress(block('fd00::/120')))).toBe('fd00::ff')
})

for (const [one, other, overlap] of [
  ['10.0.0.0/8', '10.5.0.0/16', true],
  ['10.5.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/24', '10.0.1.0/24', false],
  ['0.0.0.0/0', '255.255.255.255/32', true],
  ['fd00::/48', 'fd00:0:0:5::/64', true],
  ['fd00::/64', 'fd00:0:0:1::/64', false],
  ['::/0', '10.0.0.0/8', false],
] as const) {
  test(`blocksOverlap() is ${overlap} for ${one} and ${other}`, () => {
    expect(blocksOverlap(block(one), block(other))).toBe(overlap)
  })
}

test('blockHas() includes both ends, and no address of the other family', () => {
  const has = (text: string, other: string): boolean => blockHas(block(text), address(other))
  expect(['9.255.255.255', '10.0.0.0', '10.0.0.3', '10.0.0.4'].map(end => has('10.0.0.0/30', end))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(has('0.0.0.0/0', '::1')).toBe(false)
})

for (const [subnet, host, is] of [
  ['10.8.1.0/24', '10.8.1.0', false],
  ['10.8.1.0/24', '10.8.1.1', true],
  ['10.8.1.0/24', '10.8.1.255', false],
  ['10.8.1.0/24', '10.8.2.1', false],
  ['10.8.1.0/31', '10.8.1.0', true],
  ['fd00::/64', 'fd00::', false],
  ['fd00::/64', 'fd00::ffff:ffff:ffff:ffff', true],
  ['fd00::/64', '10.8.1.1', false],
] as const) {
  test(`isHostAddress() is ${is} for ${host} in ${subnet}`, () => {
    expect(isHostAddress(block(subnet), address(host))).toBe(is)
  })
}
