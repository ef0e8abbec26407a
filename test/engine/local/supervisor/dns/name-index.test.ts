import { describe, expect, test } from 'vitest'
import { formatIpAddress, ipFromBytes } from '../../../../../src/base/ip-address.ts'
import {
  type KnownName,
  type NamedContainer,
  NameIndex,
  type Neighbour,
} from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import type { RecordSet } from '../../../../../src/engine/local/supervisor/dns/record-set.ts'
import { foldCase, wireName } from '../../../../../src/engine/local/supervisor/dns/wire-name.ts'

const on = (networkName: string, ipv4Address: string | undefined, ...aliases: string[]) => ({
  networkName,
  ipv4Address,
  aliases,
})
const web1: NamedContainer = {
  id: 'aaaaaaaaaaaabbbb',
  name: 'shop-web-1',
  service: 'web',
  endpoints: [on('shop_front', '10.0.0.2', 'WWW'), on('shop_back', '10.1.0.2')],
}
const web2: NamedContainer = {
  id: 'b'.repeat(16),
  name: 'shop-web-2',
  service: 'web',
  endpoints: [on('shop_front', '10.0.0.3')],
}
const db: NamedContainer = {
  id: 'c'.repeat(16),
  name: 'shop-db-1',
  service: 'db',
  endpoints: [on('shop_back', '10.1.0.9'), { ...on('shop_six', undefined), ipv6: { address: 'fd00::9' } }],
}

function indexOf(...containers: NamedContainer[]): NameIndex {
  const names = new NameIndex()
  for (const container of containers) names.set(container, true)
  return names
}

/** Returns the addresses of a name, `absent`, or undefined for one that is not known. */
function find(names: NameIndex, name: string, networks: readonly string[]) {
  const known = names.view(networks).get(foldCase(wireName(name) ?? ''))
  if (known?.kind === 'name') return [...addresses(known.ipv4), ...addresses(known.ipv6)]
  return known?.kind === 'address' ? pointers(known) : known?.kind
}

function addresses(records: RecordSet): readonly string[] {
  return dataOf(records).map(data => {
    const address = ipFromBytes(data)
    return address === undefined ? 'none' : formatIpAddress(address)
  })
}

function pointers(known: Extract<KnownName, { kind: 'address' }>): readonly string[] {
  return dataOf(known.pointers).map(data => data.toString('latin1'))
}

function dataOf({ count, size, bytes }: RecordSet): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size + 12, (index + 1) * size))
}

describe('NameIndex.view()', () => {
  const names = indexOf(web1, web2, db)
  const cases = [
    { name: 'web', networks: ['shop_front'], found: ['10.0.0.2', '10.0.0.3'] },
    { name: 'WEB', networks: ['shop_front'], found: ['10.0.0.2', '10.0.0.3'] },
    { name: 'www', networks: ['shop_front'], found: ['10.0.0.2'] },
    { name: 'www', networks: ['shop_back'], found: undefined },
    { name: 'shop-web-2', networks: ['shop_front'], found: ['10.0.0.3'] },
    { name: 'aaaaaaaaaaaa', networks: ['shop_front'], found: ['10.0.0.2'] },
    { name: 'aaaaaaaaaaaabbbb', networks: ['shop_front'], found: undefined },
    { name: 'db', networks: ['shop_front'], found: undefined },
    { name: 'db', networks: ['shop_front', 'shop_back'], found: ['10.1.0.9'] },
    { name: 'web', networks: ['shop_back', 'shop_front'], found: ['10.1.0.2'] },
    { name: 'db.shop_back', networks: ['shop_back'], found: ['10.1.0.9'] },
    { name: 'db.SHOP_back', networks: ['shop_back'], found: ['10.1.0.9'] },
    { name: 'db.shop_front', networks: ['shop_back'], found: undefined },
    { name: 'db', networks: ['shop_six'], found: ['fd00::9'] },
    { name: 'db', networks: ['shop_back', 'shop_six'], found: ['10.1.0.9', 'fd00::9'] },
    { name: 'nobody', networks: ['shop_back'], found: undefined },
    { name: 'web', networks: [], found: undefined },
    {
      name: '9.0.1.10.in-addr.arpa',
      networks: ['shop_back'],
      found: ['\x09shop-db-1\x09shop_back\0'],
    },
    { name: '9.0.1.10.in-addr.arpa', networks: ['shop_front'], found: undefined },
  ]
  for (const { name, networks, found } of cases) {
    test(`has ${name} on ${networks.join(', ') || 'no network'} as ${found}`, () => {
      expect(find(names, name, networks)).toEqual(found)
    })
  }
  test('finds a name that ends in that of a network before one of the network', () => {
    const dotted = { ...web2, endpoints: [on('shop_front', '10.0.0.3', 'db.shop_back')] }
    expect(find(indexOf(db, dotted), 'db.shop_back', ['shop_back', 'shop_front'])).toEqual(['10.0.0.3'])
  })
  test('forgets a container that is deleted', () => {
    const changing = indexOf(web1, web2)
    find(changing, 'web', ['shop_front'])
    changing.delete(web1.id)
    expect(find(changing, 'web', ['shop_front'])).toEqual(['10.0.0.3'])
  })
  test('knows a container with one name twice once', () => {
    const twice = indexOf({ ...web2, name: 'web', endpoints: [on('shop_front', '10.0.0.3', 'web')] })
    expect(find(twice, 'web', ['shop_front'])).toEqual(['10.0.0.3'])
  })
  test('has names of containers of which none runs without an address, until they are removed', () => {
    const halting = indexOf(web1, web2)
    halting.set(web1, false)
    expect(find(halting, 'web', ['shop_front'])).toEqual(['10.0.0.3'])
    expect(find(halting, 'www', ['shop_front'])).toBe('absent')
    expect(find(halting, 'www.shop_front', ['shop_front'])).toBe('absent')
    expect(find(halting, '2.0.0.10.in-addr.arpa', ['shop_front'])).toBeUndefined()
    halting.forgetOthers(new Set([web1.id]))
    expect(find(halting, 'www', ['shop_front'])).toBe('absent')
    halting.forgetOthers(new Set())
    expect(find(halting, 'www', ['shop_front'])).toBeUndefined()
    expect(find(halting, 'web', ['shop_front'])).toEqual(['10.0.0.3'])
  })
  test('is the same until something changes', () => {
    const neighbour: Neighbour = {
      ...{ id: 'd'.repeat(16), name: 'blog-web-1', service: 'web', isRunning: true },
      endpoint: on('shop_front', '10.0.0.4'),
    }
    let neighbours: readonly Neighbour[] = []
    const shared = new NameIndex({ on: () => neighbours })
    shared.set(web2, true)
    const networks = ['shop_front']
    const view = shared.view(networks)
    expect(shared.view(networks)).toBe(view)
    neighbours = [neighbour]
    expect(find(shared, 'web', networks)).toEqual(['10.0.0.3', '10.0.0.4'])
    shared.delete(web2.id)
    expect(find(shared, 'web', networks)).toEqual(['10.0.0.4'])
  })
  test('leaves out names that DNS cannot send', () => {
    const long = { ...web2, name: 'x'.repeat(64), endpoints: [on('shop_front', '10.0.0.3', 'a..b', '')] }
    expect([...indexOf(long).view(['shop_front']).keys()].toSorted()).toEqual(
      ['web', 'web.shop_front', 'bbbbbbbbbbbb', 'bbbbbbbbbbbb.shop_front', '3.0.0.10.in-addr.arpa']
        .map(name => wireName(name))
        .toSorted(),
    )
  })
})
