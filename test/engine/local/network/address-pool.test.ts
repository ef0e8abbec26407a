import { describe, expect, test } from 'vitest'
import { pickAddress, pickGateway } from '../../../../src/engine/local/network/address-pool.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { formatIpv4, ipv4Block } from '../../../../src/linux/ipv4.ts'
import type { IpamPool } from '../../../../src/model/network.ts'
import { aNetwork } from '../../../support/model-builders.ts'

const owner = 'service "web"'

function aRecord(changes: Partial<NetworkRecord> = {}, pool: Partial<IpamPool> = {}): NetworkRecord {
  const ipam = [
    { subnet: undefined, ipRange: undefined, gateway: undefined, auxAddresses: new Map(), ...pool },
  ]
  return {
    network: aNetwork('front', { ipam }),
    bridge: 'tcb0',
    subnet: '10.8.1.0/24',
    gateway: '10.8.1.1',
    ...changes,
  }
}

describe('pickAddress()', () => {
  const picks: ReadonlyArray<{
    readonly what: string
    readonly record: NetworkRecord
    readonly used?: readonly string[]
    readonly wanted?: string
    readonly address: string
  }> = [
    { what: 'the lowest after the gateway', record: aRecord(), address: '10.8.1.2' },
    { what: 'the lowest gap', record: aRecord(), used: ['10.8.1.2', '10.8.1.4'], address: '10.8.1.3' },
    { what: 'one below a high gateway', record: aRecord({ gateway: '10.8.1.254' }), address: '10.8.1.1' },
    { what: 'one of the range', record: aRecord({}, { ipRange: '10.8.1.128/25' }), address: '10.8.1.128' },
    {
      what: 'none of the reserved',
      record: aRecord({}, { auxAddresses: new Map([['printer', '10.8.1.2']]) }),
      address: '10.8.1.3',
    },
    {
      what: 'the wanted one, also outside the range',
      record: aRecord({}, { ipRange: '10.8.1.128/25' }),
      wanted: '10.8.1.9',
      address: '10.8.1.9',
    },
    { what: 'the last of a small subnet', record: aRecord({ subnet: '10.8.1.0/30' }), address: '10.8.1.2' },
  ]
  for (const { what, record, used = [], wanted, address } of picks) {
    test(`picks ${what}`, () => expect(pickAddress({ record, used, wanted, owner })).toBe(address))
  }

  const refusals: ReadonlyArray<{
    readonly wanted: string | undefined
    readonly subnet?: string
    readonly used: readonly string[]
    readonly says: string
  }> = [
    {
      wanted: '10.9.1.2',
      used: [],
      says: 'Cannot give service "web" the address 10.9.1.2 on network "shop_front": it is not a host address of 10.8.1.0/24',
    },
    { wanted: '10.8.1.255', used: [], says: 'not a host address' },
    { wanted: '10.8.1.0', used: [], says: 'not a host address' },
    { wanted: 'web', used: [], says: 'not a host address' },
    { wanted: '10.8.1.1', used: [], says: 'it is taken' },
    { wanted: '10.8.1.7', used: ['10.8.1.7'], says: 'it is taken' },
    {
      wanted: undefined,
      subnet: '10.8.1.0/30',
      used: ['10.8.1.2'],
      says: 'all addresses of 10.8.1.0/30 are taken',
    },
    { wanted: undefined, subnet: 'fd00::/64', used: [], says: 'expected an IPv4 block' },
  ]
  for (const { wanted, subnet, used, says } of refusals) {
    test(`says "${says}"`, () => {
      const record = aRecord(subnet === undefined ? {} : { subnet })
      expect(() => pickAddress({ record, used, wanted, owner })).toThrow(
        expect.objectContaining({
          code: 'network',
          message: expect.stringContaining(says),
          hint: expect.any(String),
        }),
      )
    })
  }
})

describe('pickGateway()', () => {
  const subnet = ipv4Block(0x0a080100, 24)
  const pick = (pool: Partial<IpamPool>): string => formatIpv4(pickGateway(aRecord({}, pool).network, subnet))

  test('picks the first address that is not reserved', () => {
    expect(pick({})).toBe('10.8.1.1')
    expect(pick({ auxAddresses: new Map([['router', '10.8.1.1']]) })).toBe('10.8.1.2')
  })

  test('takes the wanted one, and refuses one outside the subnet', () => {
    expect(pick({ gateway: '10.8.1.200' })).toBe('10.8.1.200')
    expect(() => pick({ gateway: '10.8.2.1' })).toThrow(
      'Cannot use gateway 10.8.2.1 for network "shop_front"',
    )
  })
})
