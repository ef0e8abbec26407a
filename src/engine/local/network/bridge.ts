import { constants } from 'node:os'
import { formatIpAddress, type IpFamily } from '../../../base/ip-address.ts'
import {
  blockHas,
  blocksOverlap,
  formatIpBlock,
  type IpBlock,
  ipBlock,
  parseIpBlock,
} from '../../../base/ip-block.ts'
import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { setInterfaceIpv6 } from '../../../linux/interface-ipv6.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import {
  deleteAddress,
  type InterfaceAddress,
  listAddresses,
  newAddress,
} from '../../../linux/rtnetlink/address.ts'
import {
  changeLink,
  deleteLink,
  findLink,
  type Link,
  listLinks,
  newBridge,
} from '../../../linux/rtnetlink/link.ts'
import { listRoutes } from '../../../linux/rtnetlink/route.ts'
import { listRuleBlocks } from '../../../linux/rtnetlink/rule.ts'
import { familiesOf, gatewayModeOf, poolOf } from '../../../model/ip-families.ts'
import type { Network } from '../../../model/network.ts'
import type { NetworkSubnet } from '../state/project-record.ts'
import { pickGateway } from './address-pool.ts'
import { enableForwarding } from './forwarding.ts'
import { bridgeName, bridgeNameOf, type Owner, ownerAlias } from './kernel-name.ts'
import { macFromBytes } from './mac-address.ts'
import type { NetworkRecord } from './network-record.ts'
import { pickSubnet } from './subnet-pool.ts'

/** How often another program may take the subnet that was just picked. */
const SUBNET_TRIES = 16

/** The sizes that a subnet may have, as prefix lengths. */
const SUBNET_SIZES = {
  ipv4: { from: 8, to: 30, example: '10.5.0.0/24' },
  ipv6: { from: 16, to: 126, example: 'fd5c:1::/64' },
} as const

/** A network to make, and whose it is. */
export interface BridgeRequest extends Owner {
  readonly network: Network
  /** Subnets to prefer where the file gives none: those that the network had before. @default none */
  readonly known?: Pick<NetworkRecord, IpFamily> | undefined
}

/**
 * Makes the bridge of a network in the thread's network namespace, up, with the gateway's addresses, and forwarding on.
 * A bridge that an earlier call made is taken over, with its subnets, where those fit the network.
 *
 * @throws {TcomposeError} `no-free-subnet`, or `network` for a subnet or gateway that cannot be had.
 */
export function createBridge(request: BridgeRequest): NetworkRecord {
  const { network, known } = request
  const bridge = bridgeNameOf(request, network)
  const families = familiesOf(network)
  const wanted = new Map(families.map(family => [family, wantedSubnet(network, family)]))
  using socket = openNetlink('route')
  const hints = new Map(
    families.map(family => [
      family,
      findSubnet(socket, bridge, family) ?? parseIpBlock(known?.[family]?.subnet ?? ''),
    ]),
  )
  const link = ensureLink(socket, request, bridge)
  const subnets = new Map<IpFamily, NetworkSubnet>()
  removeOtherFamilies(socket, link.index, families)
  for (const family of families) {
    const claim = {
      socket,
      network,
      family,
      bridge,
      link,
      wanted: wanted.get(family),
      hint: hints.get(family),
    }
    const subnet = claimSubnet(claim)
    const gateway = formatIpAddress(pickGateway(network, subnet))
    subnets.set(family, { subnet: formatIpBlock(subnet), gateway })
    enableForwarding(family)
  }
  // From 127.0.0.1 of the host to a published port: the packet leaves by the bridge and the answer comes in by it.
  setNetworkSysctl(`ipv4/conf/${bridge}/route_localnet`, '1')
  return { network, bridge, ...Object.fromEntries(subnets) }
}

/** Tells whether a network's bridge is there, up, and has its gateways' addresses. */
export function isBridgeIntact(record: NetworkRecord): boolean {
  using socket = openNetlink('route')
  const link = findLink(socket, record.bridge ?? '')
  if (link?.up !== true) return false
  const own = listAddresses(socket).filter(({ interfaceIndex }) => interfaceIndex === link.index)
  const texts = new Set(
    own.map(
      ({ address, prefixLength }) =>
        `${formatIpAddress(address)} ${formatIpBlock(ipBlock(address, prefixLength))}`,
    ),
  )
  return familiesOf(record.network)
    .filter(family => hasAddress(record.network, family))
    .every(family => texts.has(`${record[family]?.gateway} ${record[family]?.subnet}`))
}

/** Tells whether the host is to have an address on a network. */
function hasAddress(network: Network, family: IpFamily): boolean {
  if (gatewayModeOf(network, family) === 'isolated') return false
  return family === 'ipv6' || network.options?.inhibitIpv4 !== true
}

function findSubnet(socket: NetlinkSocket, bridge: string, family: IpFamily): IpBlock | undefined {
  const link = findLink(socket, bridge)
  if (link === undefined) return undefined
  const own = addressesOn(socket, link.index, family)[0]
  return own === undefined ? undefined : ipBlock(own.address, own.prefixLength)
}

/** The MAC address is set for good: a bridge without one takes over that of a port, and neighbours lose it. */
function ensureLink(socket: NetlinkSocket, request: BridgeRequest, name: string): Link {
  const { network } = request
  const alias = ownerAlias(request, network.key)
  assertOwn(findLink(socket, name), network, alias)
  const options = { name, mtu: network.mtu, macAddress: bridgeMac(request, network.key) }
  socket.send([{ ...newBridge(options), tolerate: [constants.errno.EEXIST] }])
  setInterfaceIpv6(name, network.ipv6 === true)
  socket.send([changeLink(name, { alias, up: true })])
  const link = findLink(socket, name)
  if (link === undefined) throw new SystemCallError('netlink', constants.errno.ENODEV, `find bridge ${name}`)
  return link
}

/** @throws {TcomposeError} `network` if somebody else has an interface of the name that the file gives the bridge. */
function assertOwn(link: Link | undefined, { key, name, options }: Network, alias: string): void {
  if (link === undefined || options?.bridgeName === undefined || link.alias === alias) return
  throw new TcomposeError(
    'network',
    `Cannot create network "${name}": interface ${link.name} exists and is not this network's`,
    {
      hint: 'Choose another "com.docker.network.bridge.name", or remove the interface',
      origin: networkPath(key, 'driver_opts'),
    },
  )
}

/** Derived from the name, since the address is not known yet. */
function bridgeMac(owner: Owner, key: string): string {
  return macFromBytes(Buffer.from(bridgeName(owner, key).slice(-8), 'hex'))
}

function wantedSubnet(network: Network, family: IpFamily): IpBlock | undefined {
  const text = poolOf(network, family)?.subnet
  if (text === undefined) return undefined
  const block = parseIpBlock(text)
  const { from, to, example } = SUBNET_SIZES[family]
  if (block?.family === family && block.prefixLength >= from && block.prefixLength <= to) return block
  const noun = family === 'ipv4' ? 'IPv4' : 'IPv6'
  throw new TcomposeError(
    'network',
    `Cannot create network "${network.name}": its subnet is "${text}", expected an ${noun} block from /${from} to /${to}`,
    { hint: `Write a subnet such as ${example}`, origin: networkPath(network.key, 'ipam') },
  )
}

interface Claim {
  readonly socket: NetlinkSocket
  readonly network: Network
  readonly family: IpFamily
  readonly bridge: string
  readonly link: Link
  readonly wanted: IpBlock | undefined
  readonly hint: IpBlock | undefined
}

/**
 * Gives the bridge an address of a free subnet. Two engines may pick one subnet at the same moment, and no lock is
 * common to them; but each looks again after its address is in place, so at least the later one sees the other, and
 * whoever does gives way.
 */
function claimSubnet(claim: Claim): IpBlock {
  const { socket, network, family, bridge, link, wanted, hint } = claim
  try {
    for (let attempt = 1; attempt <= SUBNET_TRIES; attempt++) {
      const used = usedBlocks(socket, link.index)
      const subnet =
        wanted ?? (attempt === 1 ? freeHint(hint, used) : undefined) ?? pickSubnet(network.name, used, family)
      if (wanted !== undefined) checkWanted(claim, wanted)
      const address = {
        interfaceIndex: link.index,
        address: pickGateway(network, subnet),
        prefixLength: subnet.prefixLength,
      }
      replaceAddress(socket, address, hasAddress(network, family))
      if (findRival(socket, link.index, subnet) === undefined) return subnet
      socket.send([deleteAddress(address)])
    }
  } catch (error) {
    socket.send([deleteLink(bridge)])
    throw error
  }
  socket.send([deleteLink(bridge)])
  throw new TcomposeError(
    'no-free-subnet',
    `Cannot create network "${network.name}": ${wanted === undefined ? 'every subnet tried' : formatIpBlock(wanted)} was taken by another interface at the same moment`,
    { hint: 'Run the command again' },
  )
}

/** Takes addresses of an earlier subnet of the family away, and gives the new one unless the bridge is to have none. */
function replaceAddress(socket: NetlinkSocket, address: InterfaceAddress, isGiven: boolean): void {
  const stale = addressesOn(socket, address.interfaceIndex, address.address.family).filter(
    other =>
      !isGiven ||
      other.address.value !== address.address.value ||
      other.prefixLength !== address.prefixLength,
  )
  socket.send([...stale.map(deleteAddress), ...(isGiven ? [newAddress(address)] : [])])
}

/** Takes the addresses of a network away that was of more families. */
function removeOtherFamilies(socket: NetlinkSocket, index: number, families: readonly IpFamily[]): void {
  const others = (['ipv4', 'ipv6'] as const).filter(family => !families.includes(family))
  const stale = others.flatMap(family => addressesOn(socket, index, family))
  socket.send(stale.map(deleteAddress))
}

/** The kernel's own address of the link, which is of no subnet, is left out. */
function addressesOn(socket: NetlinkSocket, index: number, family: IpFamily): readonly InterfaceAddress[] {
  return listAddresses(socket).filter(
    ({ interfaceIndex, address }) =>
      interfaceIndex === index && address.family === family && !isLinkLocal(address),
  )
}

const LINK_LOCAL = parseIpBlock('fe80::/10')

function isLinkLocal(address: InterfaceAddress['address']): boolean {
  return LINK_LOCAL !== undefined && blockHas(LINK_LOCAL, address)
}

function freeHint(hint: IpBlock | undefined, used: readonly IpBlock[]): IpBlock | undefined {
  if (hint === undefined || used.some(block => blocksOverlap(block, hint))) return undefined
  return hint
}

function checkWanted({ socket, network, link }: Claim, wanted: IpBlock): void {
  const rival = findRival(socket, link.index, wanted)
  if (rival === undefined) return
  throw new TcomposeError(
    'network',
    `Cannot create network "${network.name}": its subnet ${formatIpBlock(wanted)} overlaps ${formatIpBlock(rival.block)} of interface ${rival.name}`,
    { hint: 'Choose another "subnet", or leave it out', origin: networkPath(network.key, 'ipam') },
  )
}

/** The interface other than the bridge that has an address in a block that overlaps `subnet`. */
function findRival(
  socket: NetlinkSocket,
  own: number,
  subnet: IpBlock,
): { readonly name: string; readonly block: IpBlock } | undefined {
  for (const { interfaceIndex, address, prefixLength } of listAddresses(socket)) {
    const block = ipBlock(address, prefixLength)
    if (interfaceIndex === own || !blocksOverlap(block, subnet)) continue
    const name =
      listLinks(socket).find(({ index }) => index === interfaceIndex)?.name ?? String(interfaceIndex)
    return { name, block }
  }
  return undefined
}

/** Blocks of the host's addresses and routes, but for the default route and the bridge's own. */
function usedBlocks(socket: NetlinkSocket, own: number): readonly IpBlock[] {
  const addresses = listAddresses(socket)
    .filter(({ interfaceIndex }) => interfaceIndex !== own)
    .map(({ address, prefixLength }) => ipBlock(address, prefixLength))
  const routes = listRoutes(socket)
    .filter(({ interfaceIndex, destination }) => interfaceIndex !== own && destination.prefixLength > 0)
    .map(({ destination }) => destination)
  return [...addresses, ...routes, ...listRuleBlocks(socket)]
}
