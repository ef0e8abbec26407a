import { describe, expect, test } from 'vitest'
import { formatIpAddress, type IpFamily, parseIpAddress } from '../../../../src/base/ip-address.ts'
import { parseIpBlock } from '../../../../src/base/ip-block.ts'
import { pickAddress, pickGateway } from '../../../../src/engine/local/network/address-pool.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
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
    ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' },
    ...changes,
  }
}

interface Pick {
  readonly record: NetworkRecord
  readonly family?: IpFamily
  readonly used: readonly string[]
  readonly reserved?: readonly string[]
  readonly wanted: string | undefined
}

function pick({ record, family = 'ipv4', used, reserved = [], wanted }: Pick): string {
  const values = (texts: readonly string[]) =>
    new Set(texts.flatMap(text => parseIpAddress(text)?.value ?? []))
  const request = { record, family, used: values(used), reserved: values(reserved), wanted, owner }
  return formatIpAddress(pickAddress(request))
}

const IPV6: Partial<NetworkRecord> = { ipv6: { subnet: 'fd00:5::/64', gateway: 'fd00:5::1' } }

describe('pickAddress() of IPv6', () => {
  const pool = { subnet: 'fd00:5::/64', ipRange: 'fd00:5::40:0/112' }
  test('picks the lowest after the gateway, and of the range of its family', () => {
    expect(pick({ record: aRecord(IPV6), family: 'ipv6', used: [], wanted: undefined })).toBe('fd00:5::2')
    expect(pick({ record: aRecord(IPV6, pool), family: 'ipv6', used: [], wanted: undefined })).toBe(
      'fd00:5::40:0',
    )
    expect(pick({ record: aRecord(IPV6, pool), used: [], wanted: undefined })).toBe('10.8.1.2')
  })

  test('takes the wanted one in any form, unless it is taken or elsewhere', () => {
    const ask = (wanted: string) =>
      pick({ record: aRecord(IPV6), family: 'ipv6', used: ['fd00:5::7'], wanted })
    expect(ask('FD00:5:0::9')).toBe('fd00:5::9')
    expect(() => ask('fd00:5::7')).toThrow('it is taken')
    expect(() => ask('fd00:5::1')).toThrow('it is taken')
    expect(() => ask('fd00:6::1')).toThrow('not a host address of fd00:5::/64')
  })
})

test('pickAddress() gives a reserved address only to who asks for it', () => {
  const request = { record: aRecord(), used: [], reserved: ['10.8.1.2'] }
  expect(pick({ ...request, wanted: undefined })).toBe('10.8.1.3')
  expect(pick({ ...request, wanted: '10.8.1.2' })).toBe('10.8.1.2')
})

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
    {
      what: 'one below a high gateway',
      record: aRecord({ ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.254' } }),
      address: '10.8.1.1',
    },
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
    {
      what: 'the last of a small subnet',
      record: aRecord({ ipv4: { subnet: '10.8.1.0/30', gateway: '10.8.1.1' } }),
      address: '10.8.1.2',
    },
  ]
  for (const { what, record, used = [], wanted, address } of picks) {
    test(`picks ${what}`, () => expect(pick({ record, used, wanted })).toBe(address))
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
  ]
  for (const { wanted, subnet, used, says } of refusals) {
    test(`says "${says}"`, () => {
      const record = aRecord(subnet === undefined ? {} : { ipv4: { subnet, gateway: '10.8.1.1' } })
      expect(() => pick({ record, used, wanted })).toThrow(
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
  const pick = (pool: Partial<IpamPool>, subnet = '10.8.1.0/24'): string => {
    const block = parseIpBlock(subnet)
    if (block === undefined) throw new Error(subnet)
    return formatIpAddress(pickGateway(aRecord({}, pool).network, block))
  }

  test('picks the first address that is not reserved', () => {
    expect(pick({})).toBe('10.8.1.1')
    expect(pick({ auxAddresses: new Map([['router', '10.8.1.1']]) })).toBe('10.8.1.2')
  })

  test('looks at the pool of its family', () => {
    expect(pick({ gateway: '10.8.1.200' }, 'fd00::/64')).toBe('fd00::1')
    expect(pick({ subnet: 'fd00::/64', gateway: 'fd00::99' }, 'fd00::/64')).toBe('fd00::99')
  })

  test('takes the wanted one, and refuses one outside the subnet', () => {
    expect(pick({ gateway: '10.8.1.200' })).toBe('10.8.1.200')
    expect(() => pick({ gateway: '10.8.2.1' })).toThrow(
      'Cannot use gateway 10.8.2.1 for network "shop_front"',
    )
  })
})
