import { blockHas, type Ipv4Block, ipv4Bytes, parseIpv4, parseIpv4Block } from '../../../linux/ipv4.ts'
import {
  destinationNat,
  type Expression,
  masquerade,
  matchConnection,
  matchInterface,
  matchLocalDestination,
  matchPayload,
  matchProtocol,
  verdict,
} from '../../../linux/nftables/expression.ts'
import type { BaseChain } from '../../../linux/nftables/ruleset.ts'
import type { PublishedPort } from '../../../model/observed-state.ts'
import type { Owner } from './kernel-name.ts'
import type { NetworkRecord } from './network-record.ts'

/** Numbers of the IP protocols. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const

/** Bits of `ct state` and `ct status`, see linux/netfilter/nf_conntrack_common.h. */
const CT_ESTABLISHED_OR_RELATED = 2 | 4
const CT_STATUS_DNAT = 32

const SOURCE_ADDRESS = 12
const DESTINATION_ADDRESS = 16
const DESTINATION_PORT = 2
const LOOPBACK: Ipv4Block = { base: 0x7f000000, prefixLength: 8 }

/** All that a project has to be let through, and whose it is. */
export interface FirewallRequest extends Owner {
  readonly networks: readonly NetworkRecord[]
  readonly ports: readonly ForwardedPort[]
}

/** A port of the host and the container's address that it leads to. */
export interface ForwardedPort extends PublishedPort {
  readonly containerAddress: string
}

/** The chains of a project's table. The priorities are those that nft calls raw, dstnat, filter and srcnat. */
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
  return [
    guardRule(),
    ...ports.flatMap(portRules),
    ...networks.filter(({ network }) => network.internal).flatMap(internalRules),
    ...networks.filter(({ network }) => !network.internal).flatMap(forwardRules),
    ...networks.flatMap(postroutingRules),
  ]
}

/** Bridges route 127.0.0.0/8 (route_localnet): no host on the wire may use that to reach the host's own services. */
function guardRule(): ChainRule {
  return {
    chain: 'guard',
    match: [
      matchInterface('iifname', 'lo', 'not-equal'),
      matchBlock(DESTINATION_ADDRESS, LOOPBACK),
      verdict('drop'),
    ],
  }
}

function portRules(port: ForwardedPort): readonly ChainRule[] {
  const host = parseIpv4(port.hostIp === '' ? '0.0.0.0' : port.hostIp)
  const container = parseIpv4(port.containerAddress)
  if (host === undefined || container === undefined) return []
  const match = [
    host === 0 ? matchLocalDestination() : matchAddress(DESTINATION_ADDRESS, host),
    matchProtocol(PROTOCOLS[port.protocol]),
    matchPayload({ base: 'transport', offset: DESTINATION_PORT, value: portBytes(port.hostPort) }),
    destinationNat(ipv4Bytes(container), portBytes(port.target)),
  ]
  const output: ChainRule = { chain: 'output', match }
  return blockHas(LOOPBACK, host) ? [output] : [output, { chain: 'prerouting', match }]
}

function internalRules({ bridge }: NetworkRecord): readonly ChainRule[] {
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
function forwardRules({ bridge }: NetworkRecord): readonly ChainRule[] {
  const into = matchInterface('oifname', bridge)
  return [
    { chain: 'forward', match: [into, matchInterface('iifname', bridge), verdict('accept')] },
    {
      chain: 'forward',
      match: [into, matchConnection('state', CT_ESTABLISHED_OR_RELATED), verdict('accept')],
    },
    { chain: 'forward', match: [into, matchConnection('status', CT_STATUS_DNAT), verdict('accept')] },
    { chain: 'forward', match: [into, verdict('drop')] },
  ]
}

function postroutingRules({ bridge, subnet, network }: NetworkRecord): readonly ChainRule[] {
  const block = parseIpv4Block(subnet)
  if (block === undefined) return []
  const own = matchBlock(SOURCE_ADDRESS, block)
  const into = matchInterface('oifname', bridge)
  const outward: ChainRule = {
    chain: 'postrouting',
    match: [own, matchInterface('oifname', bridge, 'not-equal'), masquerade()],
  }
  return [
    ...(network.internal ? [] : [outward]),
    // The container would answer to its own loopback.
    { chain: 'postrouting', match: [into, matchBlock(SOURCE_ADDRESS, LOOPBACK), masquerade()] },
    // From the network to a published port of the same network: the answer must come back through the host.
    { chain: 'postrouting', match: [into, own, matchConnection('status', CT_STATUS_DNAT), masquerade()] },
  ]
}

function matchAddress(offset: number, address: number): Expression {
  return matchPayload({ base: 'network', offset, value: ipv4Bytes(address) })
}

function matchBlock(offset: number, { base, prefixLength }: Ipv4Block): Expression {
  return matchPayload({ base: 'network', offset, value: ipv4Bytes(base), bits: prefixLength })
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(port)
  return bytes
}
