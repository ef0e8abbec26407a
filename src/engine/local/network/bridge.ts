import { constants } from 'node:os'
import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { turnIpv6Off } from '../../../linux/interface-ipv6.ts'
import {
  blocksOverlap,
  formatIpv4,
  formatIpv4Block,
  type Ipv4,
  type Ipv4Block,
  ipv4Block,
  parseIpv4Block,
} from '../../../linux/ipv4.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { deleteAddress, listAddresses, newAddress } from '../../../linux/rtnetlink/address.ts'
import {
  changeLink,
  deleteLink,
  findLink,
  type Link,
  listLinks,
  newBridge,
} from '../../../linux/rtnetlink/link.ts'
import { listRoutes } from '../../../linux/rtnetlink/route.ts'
import type { Network } from '../../../model/network.ts'
import { pickGateway } from './address-pool.ts'
import { bridgeName, type Owner, ownerAlias } from './kernel-name.ts'
import { macAddressOf } from './mac-address.ts'
import type { NetworkRecord } from './network-record.ts'
import { pickSubnet } from './subnet-pool.ts'

/** How often another program may take the subnet that was just picked. */
const SUBNET_TRIES = 16

/** A network to make, and whose it is. */
export interface BridgeRequest extends Owner {
  readonly network: Network
  /** Subnet to prefer where the file gives none, in CIDR notation: the one that the network had before. */
  readonly hint: string | undefined
}

/**
 * Makes the bridge of a network in the thread's network namespace, up, with the gateway's address, and forwarding on.
 * A bridge that an earlier call made is taken over, with its subnet, where that fits the network.
 *
 * @throws {TcomposeError} `no-free-subnet`, or `network` for a subnet or gateway that cannot be had.
 */
export function createBridge(request: BridgeRequest): NetworkRecord {
  const { network } = request
  const bridge = bridgeName(request, network.key)
  const wanted = wantedSubnet(network)
  using socket = openNetlink('route')
  const hint = findSubnet(socket, bridge) ?? parseIpv4Block(request.hint ?? '')
  const link = ensureLink(socket, request, bridge)
  const subnet = claimSubnet({ socket, network, bridge, link, wanted, hint })
  // From 127.0.0.1 of the host to a published port: the packet leaves by the bridge and the answer comes in by it.
  setNetworkSysctl(`ipv4/conf/${bridge}/route_localnet`, '1')
  setNetworkSysctl('ipv4/ip_forward', '1')
  const gateway = formatIpv4(pickGateway(network, subnet))
  return { network, bridge, subnet: formatIpv4Block(subnet), gateway }
}

/** Tells whether a network's bridge is there, up, and has its gateway's address. */
export function isBridgeIntact(record: Pick<NetworkRecord, 'bridge' | 'subnet' | 'gateway'>): boolean {
  using socket = openNetlink('route')
  const link = findLink(socket, record.bridge)
  if (link?.up !== true) return false
  return listAddresses(socket).some(
    ({ interfaceIndex, address, prefixLength }) =>
      interfaceIndex === link.index &&
      formatIpv4(address) === record.gateway &&
      formatIpv4Block(ipv4Block(address, prefixLength)) === record.subnet,
  )
}

function findSubnet(socket: NetlinkSocket, bridge: string): Ipv4Block | undefined {
  const link = findLink(socket, bridge)
  if (link === undefined) return undefined
  const own = listAddresses(socket).find(({ interfaceIndex }) => interfaceIndex === link.index)
  return own === undefined ? undefined : ipv4Block(own.address, own.prefixLength)
}

/** The MAC address is set for good: a bridge without one takes over that of a port, and neighbours lose it. */
function ensureLink(socket: NetlinkSocket, request: BridgeRequest, name: string): Link {
  const { network } = request
  const options = { name, mtu: network.mtu, macAddress: bridgeMac(name) }
  socket.send([{ ...newBridge(options), tolerate: [constants.errno.EEXIST] }])
  turnIpv6Off(name)
  socket.send([changeLink(name, { alias: ownerAlias(request, network.key), up: true })])
  const link = findLink(socket, name)
  if (link === undefined) throw new SystemCallError('netlink', constants.errno.ENODEV, `find bridge ${name}`)
  return link
}

/** Derived from the name, since the address is not known yet. */
function bridgeMac(name: string): string {
  const digits = Buffer.from(name.slice(-8), 'hex')
  return macAddressOf(formatIpv4(digits.readUInt32BE()))
}

function wantedSubnet(network: Network): Ipv4Block | undefined {
  const text = network.ipam[0]?.subnet
  if (text === undefined) return undefined
  const block = parseIpv4Block(text)
  if (block !== undefined && block.prefixLength >= 8 && block.prefixLength <= 30) return block
  throw new TcomposeError(
    'network',
    `Cannot create network "${network.name}": its subnet is "${text}", expected an IPv4 block from /8 to /30`,
    { hint: 'Write a subnet such as 10.5.0.0/24', origin: networkPath(network.key, 'ipam') },
  )
}

interface Claim {
  readonly socket: NetlinkSocket
  readonly network: Network
  readonly bridge: string
  readonly link: Link
  readonly wanted: Ipv4Block | undefined
  readonly hint: Ipv4Block | undefined
}

/**
 * Gives the bridge an address of a free subnet. Two engines may pick one subnet at the same moment, and no lock is
 * common to them; but each looks again after its address is in place, so at least the later one sees the other, and
 * whoever does gives way.
 */
function claimSubnet(claim: Claim): Ipv4Block {
  const { socket, network, bridge, link, wanted, hint } = claim
  try {
    for (let attempt = 1; attempt <= SUBNET_TRIES; attempt++) {
      const used = usedBlocks(socket, link.index)
      const subnet =
        wanted ?? (attempt === 1 ? freeHint(hint, used) : undefined) ?? pickSubnet(network.name, used)
      if (wanted !== undefined) checkWanted(claim, wanted)
      const address = {
        interfaceIndex: link.index,
        address: pickGateway(network, subnet),
        prefixLength: subnet.prefixLength,
      }
      replaceAddress(socket, address)
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
    `Cannot create network "${network.name}": ${wanted === undefined ? 'every subnet tried' : formatIpv4Block(wanted)} was taken by another interface at the same moment`,
    { hint: 'Run the command again' },
  )
}

/** Takes addresses of an earlier subnet away. */
function replaceAddress(
  socket: NetlinkSocket,
  address: { interfaceIndex: number; address: Ipv4; prefixLength: number },
): void {
  const stale = listAddresses(socket).filter(
    other =>
      other.interfaceIndex === address.interfaceIndex &&
      (other.address !== address.address || other.prefixLength !== address.prefixLength),
  )
  socket.send([...stale.map(deleteAddress), newAddress(address)])
}

function freeHint(hint: Ipv4Block | undefined, used: readonly Ipv4Block[]): Ipv4Block | undefined {
  if (hint === undefined || used.some(block => blocksOverlap(block, hint))) return undefined
  return hint
}

function checkWanted({ socket, network, link }: Claim, wanted: Ipv4Block): void {
  const rival = findRival(socket, link.index, wanted)
  if (rival === undefined) return
  throw new TcomposeError(
    'network',
    `Cannot create network "${network.name}": its subnet ${formatIpv4Block(wanted)} overlaps ${formatIpv4Block(rival.block)} of interface ${rival.name}`,
    { hint: 'Choose another "subnet", or leave it out', origin: networkPath(network.key, 'ipam') },
  )
}

/** The interface other than the bridge that has an address in a block that overlaps `subnet`. */
function findRival(
  socket: NetlinkSocket,
  own: number,
  subnet: Ipv4Block,
): { readonly name: string; readonly block: Ipv4Block } | undefined {
  for (const { interfaceIndex, address, prefixLength } of listAddresses(socket)) {
    const block = ipv4Block(address, prefixLength)
    if (interfaceIndex === own || !blocksOverlap(block, subnet)) continue
    const name =
      listLinks(socket).find(({ index }) => index === interfaceIndex)?.name ?? String(interfaceIndex)
    return { name, block }
  }
  return undefined
}

/** Blocks of the host's addresses and routes, but for the default route and the bridge's own. */
function usedBlocks(socket: NetlinkSocket, own: number): readonly Ipv4Block[] {
  const addresses = listAddresses(socket)
    .filter(({ interfaceIndex }) => interfaceIndex !== own)
    .map(({ address, prefixLength }) => ipv4Block(address, prefixLength))
  const routes = listRoutes(socket)
    .filter(({ interfaceIndex, destination }) => interfaceIndex !== own && destination.prefixLength > 0)
    .map(({ destination }) => destination)
  return [...addresses, ...routes]
}
