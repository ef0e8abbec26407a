import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blocksOverlap, formatIpBlock, type IpBlock, parseIpBlock } from '../../../../src/base/ip-block.ts'
import { pickSubnet } from '../../../../src/engine/local/network/subnet-pool.ts'

function block(text: string): IpBlock {
  const found = parseIpBlock(text)
  if (found === undefined) throw new Error(text)
  return found
}

describe('pickSubnet()', () => {
  test('gives one name the same block again, and different names different ones', () => {
    const names = ['shop_default', 'shop_back', 'blog_default']
    expect(names.map(name => formatIpBlock(pickSubnet(name, [])))).toEqual(
      names.map(name => formatIpBlock(pickSubnet(name, []))),
    )
    expect(new Set(names.map(name => pickSubnet(name, []).base)).size).toBe(names.length)
  })

  test('never overlaps a used block, and uses every block before it gives up', () => {
    const used: IpBlock[] = []
    for (let count = 0; count < 512; count++) {
      const picked = pickSubnet('shop_default', used)
      used.push(picked)
    }
    expect(new Set(used.map(formatIpBlock)).size).toBe(512)
    expect(used.filter(({ prefixLength }) => prefixLength === 20)).toHaveLength(256)
    expect(() => pickSubnet('shop_default', used)).toThrow(
      expect.objectContaining({ code: 'no-free-subnet', hint: expect.stringContaining('ipam') }),
    )
  })

  test('goes to 192.168.0.0/16 when 172.16.0.0/12 is routed elsewhere', () => {
    const picked = pickSubnet('shop_default', [block('172.16.0.0/12')])
    expect(picked.prefixLength).toBe(24)
    expect(blocksOverlap(picked, block('192.168.0.0/16'))).toBe(true)
  })

  test('avoids any routes', () => {
    const route = fc.record({ base: fc.nat(255), prefixLength: fc.integer({ min: 14, max: 32 }) })
    fc.assert(
      fc.property(fc.string(), fc.array(route, { maxLength: 20 }), (name, routes) => {
        const used = routes.map(({ base, prefixLength }) =>
          block(`172.${16 + (base % 16)}.${base}.0/${prefixLength}`),
        )
        expect(used.some(other => blocksOverlap(other, pickSubnet(name, used)))).toBe(false)
      }),
    )
  })
})

describe('pickSubnet() of IPv6', () => {
  const pick = (name: string, ...used: readonly string[]): string =>
    formatIpBlock(pickSubnet(name, used.map(block), 'ipv6'))

  test('gives one name the same unique local /64 again, and different names different ones', () => {
    const first = pick('shop_default')
    expect(first).toMatch(/^fd[0-9a-f]{2}:.*::\/64$/)
    expect(pick('shop_default')).toBe(first)
    expect(pick('blog_default')).not.toBe(first)
  })

  test('takes another where a route has the first, and gives up where one has all', () => {
    const first = pick('shop_default')
    expect(pick('shop_default', first)).not.toBe(first)
    expect(pick('shop_default', '10.0.0.0/8', '::/0'.replace('/0', '/128'))).toBe(first)
    expect(() => pick('shop_default', 'fd00::/8')).toThrow(
      expect.objectContaining({ code: 'no-free-subnet' }),
    )
  })
})
