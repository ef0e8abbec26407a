import { describe, expect, test } from 'vitest'
import { formatIpAddress, ipFromBytes } from '../../../../../src/base/ip-address.ts'
import {
  type NamedContainer,
  NameIndex,
  type Neighbour,
} from '../../../../../src/engine/local/supervisor/dns/name-index.ts'
import type { NameOrder } from '../../../../../src/engine/local/supervisor/dns/orders.ts'

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
  endpoints: [{ ...on('shop_six', undefined), ipv6: { address: 'fd00::9' } }],
}
const neighbour: Neighbour = {
  ...{ id: 'd'.repeat(16), name: 'blog-web-1', service: 'web', isRunning: true },
  endpoint: on('shop_front', '10.0.0.4'),
}

/** What a server knows after these orders: `NETWORK NAME: addresses or target`, sorted. */
class Told {
  readonly #names = new Map<string, string>()
  readonly #networks = new Map<number, string>()

  follow(orders: readonly NameOrder[]): readonly string[] {
    for (const order of orders) this.#follow(order)
    return [...this.#names].map(([name, value]) => `${name}: ${value}`).toSorted()
  }

  /** Does what `change` does, and returns what a server knows that was told the changes, as one does that was told all. */
  after(names: NameIndex, change: () => void): readonly string[] {
    let hasChanged = false
    names.onChange = () => {
      hasChanged = true
    }
    change()
    const orders = names.takeChanges()
    expect(hasChanged).toBe(orders.length > 0)
    const known = this.follow(orders)
    expect(new Told().follow(names.takeAll())).toEqual(known)
    return known.filter(line => !/(bbbb|aaaa|dddd|arpa)/.test(line))
  }

  #follow(order: NameOrder): void {
    if (order.kind === 'network') {
      expect(this.#networks.has(order.network)).toBe(false)
      this.#networks.set(order.network, dotted(order.suffix ?? ''))
      return
    }
    const key = `${this.#networks.get(order.network)} ${dotted(order.name)}`
    if (order.kind === 'forget-name' || order.kind === 'forget-pointer') this.#names.delete(key)
    else if (order.kind === 'pointer') this.#names.set(key, dotted(order.target ?? ''))
    else
      this.#names.set(
        key,
        [...order.ipv4, ...order.ipv6].map(bytes => formatIpAddress(addressOf(bytes))).join(' '),
      )
  }
}

function addressOf(bytes: Uint8Array) {
  const address = ipFromBytes(bytes)
  if (address === undefined) throw new Error('Expected an address')
  return address
}

function dotted(name: string): string {
  const labels: string[] = []
  for (let at = 0; at < name.length; at += name.charCodeAt(at) + 1)
    labels.push(name.slice(at + 1, at + 1 + name.charCodeAt(at)))
  return labels.join('.')
}

describe('NameIndex', () => {
  test('tells names, aliases, short ids and addresses of each network', () => {
    const names = new NameIndex()
    names.set(web1, true)
    names.set(web2, true)
    names.set(db, true)
    expect(new Told().follow(names.takeAll())).toEqual([
      'shop_back 2.0.1.10.in-addr.arpa: shop-web-1.shop_back',
      'shop_back aaaaaaaaaaaa: 10.1.0.2',
      'shop_back shop-web-1: 10.1.0.2',
      'shop_back web: 10.1.0.2',
      'shop_front 2.0.0.10.in-addr.arpa: shop-web-1.shop_front',
      'shop_front 3.0.0.10.in-addr.arpa: shop-web-2.shop_front',
      'shop_front aaaaaaaaaaaa: 10.0.0.2',
      'shop_front bbbbbbbbbbbb: 10.0.0.3',
      'shop_front shop-web-1: 10.0.0.2',
      'shop_front shop-web-2: 10.0.0.3',
      'shop_front web: 10.0.0.2 10.0.0.3',
      'shop_front www: 10.0.0.2',
      'shop_six 9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa: shop-db-1.shop_six',
      'shop_six cccccccccccc: fd00::9',
      'shop_six db: fd00::9',
      'shop_six shop-db-1: fd00::9',
    ])
  })

  test('tells what has changed, which makes of what was known what is', () => {
    const names = new NameIndex()
    const told = new Told()
    expect(told.after(names, () => names.set(web2, true))).toEqual([
      'shop_front shop-web-2: 10.0.0.3',
      'shop_front web: 10.0.0.3',
    ])
    told.after(names, () => names.set(web1, true))
    expect(told.after(names, () => names.delete(web2.id)).slice(2)).toEqual([
      'shop_front shop-web-1: 10.0.0.2',
      'shop_front web: 10.0.0.2',
      'shop_front www: 10.0.0.2',
    ])
    expect(
      told.after(names, () => names.set({ ...web1, endpoints: [on('shop_back', '10.1.0.3')] }, true)),
    ).toEqual(['shop_back shop-web-1: 10.1.0.3', 'shop_back web: 10.1.0.3'])
    expect(told.after(names, () => names.delete('unknown'))).toHaveLength(2)
  })
  test('has names of containers of which none runs without an address, until they are removed', () => {
    const names = new NameIndex()
    const told = new Told()
    told.after(names, () => names.set(web1, true))
    told.after(names, () => names.set(web2, true))
    expect(told.after(names, () => names.set(web1, false)).slice(2)).toEqual([
      'shop_front shop-web-1: ',
      'shop_front shop-web-2: 10.0.0.3',
      'shop_front web: 10.0.0.3',
      'shop_front www: ',
    ])
    expect(names.isHalted(web1.id)).toBe(true)
    expect(told.after(names, () => names.set(web1, false))).toHaveLength(6)
    expect(told.after(names, () => names.forgetOthers(new Set([web1.id])))).toHaveLength(6)
    expect(told.after(names, () => names.forgetOthers(new Set()))).toEqual([
      'shop_front shop-web-2: 10.0.0.3',
      'shop_front web: 10.0.0.3',
    ])
  })
  test('tells of containers of other projects, until there are none', () => {
    const names = new NameIndex()
    const told = new Told()
    told.after(names, () => names.set(web2, true))
    const neighbours = [neighbour]
    expect(told.after(names, () => names.setNeighbours('shop_front', neighbours))).toEqual([
      'shop_front blog-web-1: 10.0.0.4',
      'shop_front shop-web-2: 10.0.0.3',
      'shop_front web: 10.0.0.3 10.0.0.4',
    ])
    told.after(names, () => names.setNeighbours('shop_front', neighbours))
    expect(
      told.after(names, () => names.setNeighbours('shop_front', [{ ...neighbour, isRunning: false }])),
    ).toContain('shop_front blog-web-1: ')
    expect(told.after(names, () => names.setNeighbours('shop_front', []))).toHaveLength(2)
  })
  test('knows a container with one name twice once, and leaves out names that DNS cannot send', () => {
    const names = new NameIndex()
    names.set({ ...web2, name: 'web', endpoints: [on('shop_front', '10.0.0.3', 'web', 'a..b', '')] }, true)
    expect(new Told().follow(names.takeAll())).toEqual([
      'shop_front 3.0.0.10.in-addr.arpa: web.shop_front',
      'shop_front bbbbbbbbbbbb: 10.0.0.3',
      'shop_front web: 10.0.0.3',
    ])
    names.set({ ...web2, name: 'x'.repeat(64) }, true)
    expect(new Told().follow(names.takeAll())).toEqual([
      'shop_front 3.0.0.10.in-addr.arpa: ',
      'shop_front bbbbbbbbbbbb: 10.0.0.3',
      'shop_front web: 10.0.0.3',
    ])
  })
})
