import { type IpAddress, type IpFamily, ipBytes, parseIpAddress } from '../../../base/ip-address.ts'
import { blockHas, firstAddress, type IpBlock, parseIpBlock } from '../../../base/ip-block.ts'
import {
  type Comparison,
  destinationNat,
  type Expression,
  masquerade,
  matchConnection,
  matchFamily,
  matchInterface,
  matchLocalDestination,
  matchPayload,
  matchProtocol,
  verdict,
} from '../../../linux/nftables/expression.ts'
import type { BaseChain } from '../../../linux/nftables/ruleset.ts'
import { familiesOf, gatewayModeOf } from '../../../model/ip-families.ts'
import type { PublishedPort } from '../../../model/observed-state.ts'
import type { Owner } from './kernel-name.ts'
import type { NetworkRecord } from './network-record.ts'

/** Numbers of the IP protocols. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const
const PING: Readonly<Record<IpFamily, number>> = { ipv4: 1, ipv6: 58 }

/** Bits of `ct state` and `ct status`, see linux/netfilter/nf_conntrack_common.h. */
const CT_ESTABLISHED_OR_RELATED = 2 | 4
const CT_STATUS_DNAT = 32

/** Where the addresses are in the header of each family. */
const ADDRESSES = {
  ipv4: { source: 12, destination: 16 },
  ipv6: { source: 8, destination: 24 },
} as const
const DESTINATION_PORT = 2
const LOOPBACK: readonly IpBlock[] = [
  { family: 'ipv4', base: 0x7f000000n, prefixLength: 8 },
  { family: 'ipv6', base: 1n, prefixLength: 128 },
]

/** All that a project has to be let through, and whose it is. */
export interface FirewallRequest extends Owner {
  readonly networks: readonly NetworkRecord[]
  readonly ports: readonly ForwardedPort[]
}

/** A port of the host and the container's address that it leads to. */
export interface ForwardedPort extends PublishedPort {
  readonly containerAddress: string
}

/**
 * The chains of a project's table, which sees both families. The priorities are those that nft calls raw, dstnat, filter
 * and srcnat.
 */
export const CHAINS: readonly Omit<BaseChain, 'table'>[] = [
  { name: 'guard', type: 'filter', hook: 'prerouting', priority: -300, policy: 'accept' },
  { name: 'prerouting', type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' },
  { name: 'output', type: 'nat', hook: 'output', priority: -100, policy: 'accept' },
  { name: 'forward', type: 'filter', hook: 'forward', priority: 0, policy: 'accept' },
  { name: 'postrouting', type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' },
]

/** A rule, and the chain that it is in. */
export interface ChainRule {
  readonly chain: 'guard' | 'prerouting' | 'output' | 'forward' | 'postrouting'
  readonly match: readonly Expression[]
}

/** Returns the rules of a project, in their order: equal requests give equal rules. */
export function firewallRules({ networks, ports }: FirewallRequest): readonly ChainRule[] {
  const bridged = networks.flatMap(bridgedNetwork)
  const routes = ports.flatMap(port => portRoute(port, bridged))
  return [
    ...LOOPBACK.flatMap(guardRules),
    ...routes.filter(({ isRouted }) => !isRouted).flatMap(natRules),
    ...bridged.filter(({ network }) => network.internal).flatMap(internalRules),
    ...bridged.filter(({ network }) => !network.internal).flatMap(each => forwardRules(each, routes)),
    ...bridged.flatMap(postroutingRules),
  ]
}

/** A network whose packets pass the host: others are no matter of its firewall. */
interface BridgedNetwork extends NetworkRecord {
  readonly bridge: string
  readonly blocks: readonly IpBlock[]
}

function bridgedNetwork(record: NetworkRecord): readonly BridgedNetwork[] {
  const { network, bridge } = record
  if (bridge === undefined) return []
  const blocks = familiesOf(network).flatMap(family => parseIpBlock(record[family]?.subnet ?? '') ?? [])
  return [{ ...record, bridge, blocks }]
}

/** A published port with its addresses read. */
interface PortRoute {
  readonly port: ForwardedPort
  readonly host: IpAddress
  readonly container: IpAddress
  readonly bridge: string | undefined
  /** The container is reached at its own address. */
  readonly isRouted: boolean
}

/** None for a port whose addresses are of two families: who listens on the one passes bytes on to the other. */
function portRoute(port: ForwardedPort, networks: readonly BridgedNetwork[]): readonly PortRoute[] {
  const host = parseIpAddress(port.hostIp === '' ? '0.0.0.0' : port.hostIp)
  const container = parseIpAddress(port.containerAddress)
  if (host === undefined || container === undefined || host.family !== container.family) return []
  const own = networks.find(({ blocks }) => blocks.some(block => blockHas(block, container)))
  const isRouted = own !== undefined && gatewayModeOf(own.network, container.family) === 'routed'
  return [{ port, host, container, bridge: own?.bridge, isRouted }]
}

/** Bridges route 127.0.0.0/8 (route_localnet): no host on the wire may use that to reach the host's own services. */
function guardRules(block: IpBlock): readonly ChainRule[] {
  const fromElsewhere = matchInterface('iifname', 'lo', 'not-equal')
  return (['destination', 'source'] as const).map(end => ({
    chain: 'guard',
    match: [fromElsewhere, matchFamily(block.family), matchBlock(end, block), verdict('drop')],
  }))
}

/** Connections to ::1 are relayed: the kernel has no route_localnet for IPv6. */
function natRules({ port, host, container }: PortRoute): readonly ChainRule[] {
  const isLoopback = LOOPBACK.some(block => blockHas(block, host))
  if (isLoopback && host.family === 'ipv6') return []
  const match = [
    matchFamily(host.family),
    ...(host.value === 0n ? matchEveryAddress(host.family) : [matchAddress('destination', host)]),
    matchProtocol(PROTOCOLS[port.protocol]),
    matchPort(port.hostPort),
    destinationNat(ipBytes(container), portBytes(port.target)),
  ]
  const output: ChainRule = { chain: 'output', match }
  return isLoopback ? [output] : [output, { chain: 'prerouting', match }]
}

function internalRules({ bridge }: BridgedNetwork): readonly ChainRule[] {
  return [
    {
      chain: 'forward',
      match: [
        matchInterface('iifname', bridge),
        matchInterface('oifname', bridge, 'not-equal'),
        verdict('drop'),
      ],
    },
    {
      chain: 'forward',
      match: [
        matchInterface('oifname', bridge),
        matchInterface('iifname', bridge, 'not-equal'),
        verdict('drop'),
      ],
    },
  ]
}

/** Every bridge is closed to what comes from elsewhere; that is also what keeps networks apart. */
function forwardRules(own: BridgedNetwork, routes: readonly PortRoute[]): readonly ChainRule[] {
  const { bridge, network, blocks } = own
  const into = matchInterface('oifname', bridge)
  const { interContainer, trustedInterfaces = [] } = network.options ?? {}
  const families = blocks.map(({ family }) => family)
  const accepted = [
    ...(interContainer === false ? [] : [[matchInterface('iifname', bridge)]]),
    [matchConnection('state', CT_ESTABLISHED_OR_RELATED)],
    [matchConnection('status', CT_STATUS_DNAT)],
    ...trustedInterfaces.map(name => [matchInterface('iifname', name)]),
    ...families
      .filter(family => gatewayModeOf(network, family) === 'nat-unprotected')
      .map(family => [matchInterface('iifname', bridge, 'not-equal'), matchFamily(family)]),
    ...families
      .filter(family => gatewayModeOf(network, family) === 'routed')
      .map(family => [
        matchInterface('iifname', bridge, 'not-equal'),
        matchFamily(family),
        matchProtocol(PING[family]),
      ]),
    ...routes.filter(route => route.isRouted && route.bridge === bridge).map(routedMatch),
  ]
  return [...accepted.map(match => [into, ...match, verdict('accept')]), [into, verdict('drop')]].map(
    match => ({
      chain: 'forward',
      match,
    }),
  )
}

function routedMatch({ port, container }: PortRoute): readonly Expression[] {
  return [
    matchFamily(container.family),
    matchAddress('destination', container),
    matchProtocol(PROTOCOLS[port.protocol]),
    matchPort(port.target),
  ]
}

function postroutingRules({ bridge, blocks, network }: BridgedNetwork): readonly ChainRule[] {
  const into = matchInterface('oifname', bridge)
  const isHidden = !network.internal && network.options?.masquerade !== false
  return blocks.flatMap(block => {
    const isNat = gatewayModeOf(network, block.family) !== 'routed'
    const own = [matchFamily(block.family), matchBlock('source', block)]
    const loopback = LOOPBACK.filter(({ family }) => family === block.family)
    const matches = [
      ...(isHidden && isNat ? [[...own, matchInterface('oifname', bridge, 'not-equal')]] : []),
      // The container would answer to its own loopback.
      ...loopback.map(local => [into, matchFamily(local.family), matchBlock('source', local)]),
      // From the network to a published port of the same network: the answer must come back through the host.
      [into, ...own, matchConnection('status', CT_STATUS_DNAT)],
    ]
    return matches.map(match => ({ chain: 'postrouting' as const, match: [...match, masquerade()] }))
  })
}

type End = 'source' | 'destination'

function matchEveryAddress(family: IpFamily): readonly Expression[] {
  if (family === 'ipv4') return [matchLocalDestination()]
  const loopback = LOOPBACK.filter(block => block.family === family)
  return [matchLocalDestination(), ...loopback.map(block => matchBlock('destination', block, 'not-equal'))]
}

function matchAddress(end: End, address: IpAddress): Expression {
  return matchPayload({ base: 'network', offset: ADDRESSES[address.family][end], value: ipBytes(address) })
}

function matchBlock(end: End, block: IpBlock, comparison: Comparison = 'equal'): Expression {
  return matchPayload({
    base: 'network',
    offset: ADDRESSES[block.family][end],
    value: ipBytes(firstAddress(block)),
    bits: block.prefixLength,
    comparison,
  })
}

function matchPort(port: number): Expression {
  return matchPayload({ base: 'transport', offset: DESTINATION_PORT, value: portBytes(port) })
}

function portBytes(port: number): Uint8Array {
  return Uint8Array.of(port >> 8, port & 255)
}
