import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type IpFamily, parseIpAddress } from '../../../../src/base/ip-address.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import { applyFirewall } from '../../../../src/engine/local/network/firewall.ts'
import { makeNetwork } from '../../../../src/engine/local/network/make-network.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { withNetns } from '../../../../src/linux/netns.ts'
import { findLink } from '../../../../src/linux/rtnetlink/link.ts'
import { newDefaultRoute } from '../../../../src/linux/rtnetlink/route.ts'
import type { Network } from '../../../../src/model/network.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import {
  addOutside,
  createNetworkSandbox,
  HOST_ADDRESS,
  HOST_IPV6,
  type NetworkSandbox,
  OUTSIDE_ADDRESS,
  OUTSIDE_IPV6,
} from '../../../support/network-sandbox.ts'
import { startAgent, type TrafficAgent } from '../../../support/traffic.ts'

const SOON = 400
const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6']
const shop = { tag: 'abc123', project: 'shop' }
const blog = { tag: 'abc123', project: 'blog' }

/** Where somebody is, with the addresses of each family. `outside` knows a way to every network, through the host. */
const PLACES = {
  host: { ipv4: HOST_ADDRESS, ipv6: HOST_IPV6 },
  outside: { ipv4: OUTSIDE_ADDRESS, ipv6: OUTSIDE_IPV6 },
  /** On the wire by macvlan. */
  guest: { ipv4: '203.0.113.9', ipv6: '2001:db8::9' },
  web: { ipv4: '10.8.1.2', ipv6: 'fd08:1::2' },
  peer: { ipv4: '10.8.1.3', ipv6: 'fd08:1::3' },
  /** On another network of the project. */
  db: { ipv4: '10.8.2.2', ipv6: 'fd08:2::2' },
  /** On an internal one. */
  vault: { ipv4: '10.8.3.2', ipv6: 'fd08:3::2' },
  /** On a network of another project. */
  stranger: { ipv4: '10.8.4.2', ipv6: 'fd08:4::2' },
  /** Two on a network without traffic between containers. */
  alone: { ipv4: '10.8.5.2', ipv6: 'fd08:5::2' },
  lonely: { ipv4: '10.8.5.3', ipv6: 'fd08:5::3' },
  /** On a network that is routed, not hidden. */
  routed: { ipv4: '10.8.6.2', ipv6: 'fd08:6::2' },
  /** On an internal network where the host has no address. */
  cell: { ipv4: '10.8.7.2', ipv6: 'fd08:7::2' },
} as const
type Place = keyof typeof PLACES
const NAMES = Object.keys(PLACES).filter((name): name is Place => name in PLACES)

/** Whom each reaches at its own address, over either family. */
const REACHES: Readonly<Record<Place, readonly Place[]>> = {
  host: ['host', 'outside', 'web', 'peer', 'db', 'vault', 'stranger', 'alone', 'lonely', 'routed'],
  outside: ['host', 'outside', 'guest'],
  guest: ['outside', 'guest'],
  web: ['host', 'outside', 'web', 'peer'],
  peer: ['host', 'outside', 'web', 'peer'],
  db: ['host', 'outside', 'db'],
  vault: ['vault'],
  stranger: ['host', 'outside', 'stranger'],
  alone: ['host', 'outside', 'alone'],
  lonely: ['host', 'outside', 'lonely'],
  routed: ['host', 'outside', 'routed'],
  cell: ['cell'],
}

const stack = new AsyncDisposableStack()
let agents: ReadonlyMap<Place, TrafficAgent>
beforeAll(async () => {
  agents = await buildSite()
})
afterAll(() => stack.disposeAsync())

describe('applyFirewall() and who reaches whom at their own addresses', () => {
  for (const family of FAMILIES) {
    test(`holds over ${family}`, async () => {
      const rows = await Promise.all(
        NAMES.map(async from => [from, await reachedFrom(from, family)] as const),
      )
      expect(Object.fromEntries(rows)).toEqual(REACHES)
    })
  }
})

describe('applyFirewall() with published ports', () => {
  /** What `web` sees as the address of who asks for its port on the host's address. */
  const seen: ReadonlyArray<readonly [Place, Readonly<Record<IpFamily, string>>]> = [
    ['outside', PLACES.outside],
    ['host', PLACES.host],
    ['web', { ipv4: '10.8.1.1', ipv6: 'fd08:1::1' }],
    ['peer', { ipv4: '10.8.1.1', ipv6: 'fd08:1::1' }],
    ['db', { ipv4: '10.8.2.2', ipv6: 'fd08:2::2' }],
    ['stranger', { ipv4: '10.8.4.2', ipv6: 'fd08:4::2' }],
    ['lonely', { ipv4: '10.8.5.3', ipv6: 'fd08:5::3' }],
  ]
  for (const [from] of seen) {
    for (const family of FAMILIES) {
      for (const protocol of ['tcp', 'udp'] as const) {
        test(`lets ${from} reach web over ${family} and ${protocol}`, async () => {
          const answer = await agents.get(from)?.ask({ protocol, address: PLACES.host[family], port: 8080 })
          expect(answer).toMatch(/^web saw /)
        })
      }
    }
  }

  for (const family of FAMILIES) {
    test(`keeps the address of who asks from outside over ${family}`, async () => {
      const question = { protocol: 'tcp', address: PLACES.host[family], port: 8080 } as const
      expect(await agents.get('outside')?.ask(question)).toBe(`web saw ${PLACES.outside[family]}`)
    })

    test(`lets one without neighbours reach the other's published port over ${family}`, async () => {
      const question = { protocol: 'tcp', address: PLACES.host[family], port: 8085 } as const
      expect(await agents.get('lonely')?.ask(question)).toMatch(/^alone saw /)
    })

    test(`keeps an internal network from published ports over ${family}`, async () => {
      const question = { protocol: 'tcp', address: PLACES.host[family], port: 8080, timeoutMs: SOON } as const
      expect(await agents.get('vault')?.ask(question)).not.toMatch(/saw/)
    })

    test(`opens the published port of a routed network at its own address, and no other, over ${family}`, async () => {
      const ask = (port: number) =>
        agents.get('outside')?.ask({ protocol: 'tcp', address: PLACES.routed[family], port, timeoutMs: SOON })
      expect(await ask(81)).toBe(`routed saw ${PLACES.outside[family]}`)
      expect(await ask(80)).toBe('timeout')
    })
  }
})

describe('applyFirewall() towards the outside', () => {
  for (const family of FAMILIES) {
    test(`gives containers the host's address over ${family}, unless their network is routed`, async () => {
      const question = { protocol: 'tcp', address: PLACES.outside[family], port: 80 } as const
      expect(await agents.get('web')?.ask(question)).toBe(`outside saw ${PLACES.host[family]}`)
      expect(await agents.get('routed')?.ask(question)).toBe(`outside saw ${PLACES.routed[family]}`)
    })
  }
})

async function reachedFrom(from: Place, family: IpFamily): Promise<readonly Place[]> {
  const reached: Place[] = []
  for (const to of NAMES) {
    const question = { protocol: 'tcp', address: PLACES[to][family], port: 80, timeoutMs: SOON } as const
    const answer = await agents.get(from)?.ask(question)
    if (answer?.startsWith(`${to} saw`)) reached.push(to)
  }
  return reached
}

async function buildSite(): Promise<ReadonlyMap<Place, TrafficAgent>> {
  const sandbox = stack.use(createNetworkSandbox())
  const outside = addOutside(sandbox)
  const networks = sandbox.onHost(makeNetworks)
  const members: ReadonlyArray<readonly [Place, NetworkRecord]> = [
    ['guest', networks.wire],
    ['web', networks.front],
    ['peer', networks.front],
    ['db', networks.back],
    ['vault', networks.closed],
    ['stranger', networks.foreign],
    ['alone', networks.single],
    ['lonely', networks.single],
    ['routed', networks.routed],
    ['cell', networks.cell],
  ]
  for (const [name, record] of members) join(sandbox, name, record)
  sandbox.onHost(() => {
    const { foreign, ...own } = networks
    const host = (['0.0.0.0', '::'] as const).map(hostIp => ({ hostIp, family: familyOf(hostIp) }))
    const port = (place: Place, hostPort: number, target: number) =>
      (['tcp', 'udp'] as const).flatMap(protocol =>
        host.map(({ hostIp, family }) => ({
          ...{ hostIp, hostPort, target, protocol },
          containerAddress: PLACES[place][family],
        })),
      )
    const ports = [...port('web', 8080, 80), ...port('alone', 8085, 80), ...port('routed', 8086, 81)]
    applyFirewall({ ...shop, networks: Object.values(own), ports })
    applyFirewall({ ...blog, networks: [foreign], ports: [] })
  })
  withNetns(outside, () => routeThroughHost())
  const started = NAMES.map(async name => {
    const netns = name === 'host' ? sandbox.host : sandbox.container(name)
    const agent = stack.use(await startAgent(netns, name))
    for (const address of ['0.0.0.0', '::']) await agent.listen(address, 80)
    if (name === 'routed') for (const address of ['0.0.0.0', '::']) await agent.listen(address, 81)
    return [name, agent] as const
  })
  return new Map(await Promise.all(started))
}

function makeNetworks() {
  const make = (owner: typeof shop, network: Network): NetworkRecord => makeNetwork({ ...owner, network })
  const isolated = { gatewayModeIpv4: 'isolated', gatewayModeIpv6: 'isolated' } as const
  const routed = { gatewayModeIpv4: 'routed', gatewayModeIpv6: 'routed' } as const
  return {
    front: make(shop, dual('front', 1)),
    back: make(shop, dual('back', 2)),
    closed: make(shop, dual('closed', 3, { internal: true })),
    foreign: make(blog, dual('foreign', 4)),
    single: make(shop, dual('single', 5, { options: { interContainer: false } })),
    routed: make(shop, dual('routed', 6, { options: routed })),
    cell: make(shop, dual('cell', 7, { internal: true, options: isolated })),
    wire: make(shop, {
      ...dual('wire', 9, { driver: 'macvlan', options: { parent: 'wire' } }),
      ipam: [pool('203.0.113.0/24', '203.0.113.254'), pool('2001:db8::/64', '2001:db8::fe')],
    }),
  }
}

function dual(key: string, number: number, changes: Partial<Network> = {}): Network {
  const ipam = [pool(`10.8.${number}.0/24`), pool(`fd08:${number}::/64`)]
  return aNetwork(key, { ipv6: true, ipam, ...changes })
}

function pool(subnet: string, gateway?: string) {
  return { subnet, ipRange: undefined, gateway, auxAddresses: new Map<string, string>() }
}

function join(sandbox: NetworkSandbox, name: Place, record: NetworkRecord): void {
  const endpoint = {
    record,
    addresses: PLACES[name],
    macAddress: undefined,
    interfaceName: undefined,
    gatewayPriority: 0,
  }
  const netnsPath = sandbox.container(name)
  sandbox.onHost(() => connectContainer({ ...shop, container: name, netnsPath, endpoints: [endpoint] }))
}

function routeThroughHost(): void {
  using socket = openNetlink('route')
  const index = findLink(socket, 'wire')?.index ?? 0
  const gateways = Object.values(PLACES.host).flatMap(text => parseIpAddress(text) ?? [])
  socket.send(gateways.map(gateway => newDefaultRoute(gateway, index)))
}

function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
