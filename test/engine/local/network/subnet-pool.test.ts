import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pickSubnet } from '../../../../src/engine/local/network/subnet-pool.ts'
import { blocksOverlap, formatIpv4Block, type Ipv4Block, parseIpv4Block } from '../../../../src/linux/ipv4.ts'

const block = (text: string): Ipv4Block => parseIpv4Block(text) ?? { base: -1, prefixLength: 32 }

describe('pickSubnet()', () => {
  test('gives one name the same block again, and different names different ones', () => {
    const names = ['shop_default', 'shop_back', 'blog_default']
    expect(names.map(name => formatIpv4Block(pickSubnet(name, [])))).toEqual(
      names.map(name => formatIpv4Block(pickSubnet(name, []))),
    )
    expect(new Set(names.map(name => pickSubnet(name, []).base)).size).toBe(names.length)
  })

  test('never overlaps a used block, and uses every block before it gives up', () => {
    const used: Ipv4Block[] = []
    for (let count = 0; count < 512; count++) {
      const picked = pickSubnet('shop_default', used)
      expect(used.some(other => blocksOverlap(other, picked))).toBe(false)
      used.push(picked)
    }
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
