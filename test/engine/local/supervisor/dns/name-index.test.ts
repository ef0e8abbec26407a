import { describe, expect, test } from 'vitest'
import { type NamedContainer, NameIndex } from '../../../../../src/engine/local/supervisor/dns/name-index.ts'

const on = (networkName: string, ipv4Address: string, ...aliases: string[]) => ({
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
  endpoints: [on('shop_back', '10.1.0.9')],
}

function indexOf(...containers: NamedContainer[]): NameIndex {
  const names = new NameIndex()
  for (const container of containers) names.set(container)
  return names
}

describe('NameIndex.addressesOf()', () => {
  const names = indexOf(web1, web2, db)
  const cases = [
    { name: 'web', networks: ['shop_front'], addresses: ['10.0.0.2', '10.0.0.3'] },
    { name: 'WEB', networks: ['shop_front'], addresses: ['10.0.0.2', '10.0.0.3'] },
    { name: 'www', networks: ['shop_front'], addresses: ['10.0.0.2'] },
    { name: 'www', networks: ['shop_back'], addresses: undefined },
    { name: 'shop-web-2', networks: ['shop_front'], addresses: ['10.0.0.3'] },
    { name: 'aaaaaaaaaaaa', networks: ['shop_front'], addresses: ['10.0.0.2'] },
    { name: 'aaaaaaaaaaaabbbb', networks: ['shop_front'], addresses: undefined },
    { name: 'db', networks: ['shop_front'], addresses: undefined },
    { name: 'db', networks: ['shop_front', 'shop_back'], addresses: ['10.1.0.9'] },
    { name: 'web', networks: ['shop_back', 'shop_front'], addresses: ['10.1.0.2'] },
    { name: 'db.shop_back', networks: ['shop_back'], addresses: ['10.1.0.9'] },
    { name: 'db.shop_front', networks: ['shop_back'], addresses: undefined },
    { name: 'nobody', networks: ['shop_back'], addresses: undefined },
    { name: 'web', networks: [], addresses: undefined },
  ]
  for (const { name, networks, addresses } of cases) {
    test(`finds ${name} on ${networks.join(', ') || 'no network'} at ${addresses}`, () => {
      expect(names.addressesOf(name, networks)).toEqual(addresses)
    })
  }
  test('forgets a container that is deleted', () => {
    const changing = indexOf(web1, web2)
    changing.addressesOf('web', ['shop_front'])
    changing.delete(web1.id)
    expect(changing.addressesOf('web', ['shop_front'])).toEqual(['10.0.0.3'])
  })
  test('knows a container with one name twice once', () => {
    const twice = indexOf({ ...web2, name: 'web', endpoints: [on('shop_front', '10.0.0.3', 'web')] })
    expect(twice.addressesOf('web', ['shop_front'])).toEqual(['10.0.0.3'])
  })
})

describe('NameIndex.nameOf()', () => {
  const names = indexOf(web1, db)
  test('names container and network', () => {
    expect(names.nameOf('10.1.0.9', ['shop_back'])).toBe('shop-db-1.shop_back')
  })
  test('keeps an address of another network to itself', () => {
    expect(names.nameOf('10.1.0.9', ['shop_front'])).toBeUndefined()
  })
})
