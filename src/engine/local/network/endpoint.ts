import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { assertNever } from '../../../base/assert-never.ts'
import { IP_BITS, type IpFamily, parseIpAddress } from '../../../base/ip-address.ts'
import { parseIpBlock } from '../../../base/ip-block.ts'
import { setInterfaceIpv6 } from '../../../linux/interface-ipv6.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { createNetns, removeNetns, withNetns } from '../../../linux/netns.ts'
import { readNetworkSysctl, setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { newAddress } from '../../../linux/rtnetlink/address.ts'
import {
  changeLink,
  deleteLinks,
  findLink,
  newSubInterface,
  newVeth,
  setBridgePort,
} from '../../../linux/rtnetlink/link.ts'
import { newDefaultRoute } from '../../../linux/rtnetlink/route.ts'
import { familiesOf } from '../../../model/ip-families.ts'
import type { Network } from '../../../model/network.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
import type { NetworkSubnet } from '../state/project-record.ts'
import type { Addresses } from './address-allocator.ts'
import { type Owner, ownerAlias, randomGroup, randomVethName } from './kernel-name.ts'
import { macAddressOf } from './mac-address.ts'
import type { NetworkRecord } from './network-record.ts'

/** A container and its networks. */
export interface ConnectRequest extends Owner {
  /** Short id of the container. */
  readonly container: string
  /** Where the namespace file is made. */
  readonly netnsPath: string
  /** In the order of the interfaces eth0, eth1 and so on. None: the namespace has loopback only. */
  readonly endpoints: readonly EndpointRequest[]
}

/** How to attach a container to one network. */
export interface EndpointRequest {
  readonly record: NetworkRecord
  /** One of each family that the network has. */
  readonly addresses: Addresses
  /** Addresses besides. @default none */
  readonly linkLocalAddresses?: readonly string[]
  /** Undefined follows from the address. */
  readonly macAddress: string | undefined
  /** Undefined is the network's prefix, or `eth`, and the lowest number that is free. */
  readonly interfaceName: string | undefined
  /** Settings of the interface; see `NetworkAttachment`. @default none */
  readonly sysctls?: ReadonlyMap<string, string>
  readonly gatewayPriority: number
}

/** How a container is attached to one network. A gateway is set where the default route of its family goes, and nowhere else. */
export type ConnectedEndpoint = Omit<LiveEndpoint, 'aliases'>

/**
 * Makes a container's network namespace as a file, in place of one that is there, and connects it to the bridges of its
 * networks. What fails half-way is taken back.
 *
 * @throws {SystemCallError} Also ENODEV, if a bridge is not there.
 */
export function connectContainer(request: ConnectRequest): readonly ConnectedEndpoint[] {
  const endpoints = planEndpoints(request.endpoints)
  using host = openNetlink('route')
  try {
    createNetns(request.netnsPath, allowLowPorts)
    attachToNetworks(host, request, endpoints)
    using inside = withNetns(request.netnsPath, () => openInside(request.endpoints, endpoints))
    configureInside(inside, request.endpoints, endpoints)
    return endpoints
  } catch (error) {
    disconnectContainers([{ netnsPath: request.netnsPath, endpoints }])
    throw error
  }
}

/** What `connectContainer` made. */
export interface Connection {
  readonly netnsPath: string
  readonly endpoints: readonly Pick<ConnectedEndpoint, 'hostInterface'>[]
}

/**
 * Removes namespace files and interfaces of containers; none need exist. The interfaces go now, and all at once: left
 * to the end of their namespace they would go some time after its last process and socket.
 */
export function disconnectContainers(connections: readonly Connection[]): void {
  using socket = openNetlink('route')
  const interfaces = connections
    .flatMap(({ endpoints }) => endpoints.map(({ hostInterface }) => hostInterface))
    .filter(name => name !== '')
  try {
    socket.send(deleteLinks(interfaces, randomGroup()))
  } finally {
    for (const { netnsPath } of connections) removeNetns(netnsPath)
  }
}

function planEndpoints(requests: readonly EndpointRequest[]): readonly ConnectedEndpoint[] {
  const ways = { ipv4: defaultWay(requests, 'ipv4'), ipv6: defaultWay(requests, 'ipv6') }
  const names = interfaceNames(requests)
  return requests.map((request, index) => {
    const { record, addresses, macAddress } = request
    return {
      network: record.network.key,
      networkName: record.network.name,
      ipv4Address: addresses.ipv4,
      prefixLength: prefixLengthOf(record.ipv4),
      gateway: request === ways.ipv4 ? record.ipv4?.gateway : undefined,
      ...(addresses.ipv6 && {
        ipv6: {
          address: addresses.ipv6,
          prefixLength: prefixLengthOf(record.ipv6),
          ...(request === ways.ipv6 && record.ipv6 && { gateway: record.ipv6.gateway }),
        },
      }),
      macAddress:
        macAddress?.replaceAll('-', ':').toLowerCase() ??
        macAddressOf(addresses.ipv4 ?? addresses.ipv6 ?? ''),
      interfaceName: names[index] ?? `eth${index}`,
      hostInterface: record.bridge === undefined ? '' : randomVethName(),
    }
  })
}

function prefixLengthOf(subnet: NetworkSubnet | undefined): number {
  return parseIpBlock(subnet?.subnet ?? '')?.prefixLength ?? IP_BITS.ipv4
}

/** Counts each prefix on its own, past the names that the file gives. */
function interfaceNames(requests: readonly EndpointRequest[]): readonly string[] {
  const taken = new Set(requests.flatMap(({ interfaceName }) => interfaceName ?? []))
  return requests.map(({ record, interfaceName }) => {
    if (interfaceName !== undefined) return interfaceName
    const prefix = record.network.options?.interfacePrefix ?? 'eth'
    let number = 0
    while (taken.has(`${prefix}${number}`)) number += 1
    taken.add(`${prefix}${number}`)
    return `${prefix}${number}`
  })
}

/**
 * As Docker does: any user of the container may bind low ports and send pings. Like every default of a namespace it is
 * set when that is made; the `sysctls` of the file are written by each start of the process, and so win.
 */
function allowLowPorts(): void {
  setNetworkSysctl('ipv4/ip_unprivileged_port_start', '0')
  setNetworkSysctl('ipv4/ping_group_range', '0 2147483647')
}

function attachToNetworks(
  host: NetlinkSocket,
  request: ConnectRequest,
  endpoints: readonly ConnectedEndpoint[],
): void {
  if (endpoints.length === 0) return
  const netns = openSync(request.netnsPath, 'r')
  try {
    host.send(
      endpoints.flatMap((endpoint, index) => {
        const network = request.endpoints[index]?.record.network
        return network === undefined ? [] : [interfaceRequest(host, { network, endpoint, netns })]
      }),
    )
    const bridged = endpoints.filter(({ hostInterface }) => hostInterface !== '')
    for (const { hostInterface } of bridged) setInterfaceIpv6(hostInterface, false)
    host.send(endpoints.flatMap((endpoint, index) => attachRequests({ host, request }, endpoint, index)))
  } finally {
    closeSync(netns)
  }
}

interface NewInterface {
  readonly network: Network
  readonly endpoint: ConnectedEndpoint
  /** A descriptor of the container's namespace. */
  readonly netns: number
}

function interfaceRequest(host: NetlinkSocket, { network, endpoint, netns }: NewInterface): NetlinkRequest {
  const { hostInterface, interfaceName, macAddress } = endpoint
  const { mtu, options = {} } = network
  const shared = { name: interfaceName, netns, mtu }
  switch (network.driver) {
    case 'bridge':
      return newVeth({ name: hostInterface, mtu, peer: { name: interfaceName, macAddress, netns } })
    case 'macvlan':
      return newSubInterface({
        ...shared,
        parent: linkIndex(host, options.parent ?? ''),
        kind: { name: 'macvlan', mode: options.macvlanMode ?? 'bridge', macAddress },
      })
    case 'ipvlan':
      return newSubInterface({
        ...shared,
        parent: linkIndex(host, options.parent ?? ''),
        kind: { name: 'ipvlan', mode: options.ipvlanMode ?? 'l2', flag: options.ipvlanFlag ?? 'bridge' },
      })
    default:
      return assertNever(network.driver)
  }
}

interface Attaching {
  readonly host: NetlinkSocket
  readonly request: ConnectRequest
}

function attachRequests(
  { host, request }: Attaching,
  { hostInterface }: ConnectedEndpoint,
  index: number,
): readonly NetlinkRequest[] {
  const record = request.endpoints[index]?.record
  if (record?.bridge === undefined) return []
  const port = {
    hairpin: filtersBridgedPackets('ipv4'),
    isolated:
      record.network.options?.interContainer === false &&
      !familiesOf(record.network).every(filtersBridgedPackets),
  }
  return [
    changeLink(hostInterface, {
      alias: ownerAlias(request, request.container),
      master: linkIndex(host, record.bridge),
      up: true,
    }),
    ...(port.hairpin || port.isolated ? [setBridgePort(hostInterface, port)] : []),
  ]
}

/** Returns a socket of the container's namespace, in which its interfaces are now ready to come up. */
function openInside(
  requests: readonly EndpointRequest[],
  endpoints: readonly ConnectedEndpoint[],
): NetlinkSocket {
  for (const [index, { interfaceName, ipv6 }] of endpoints.entries()) {
    setInterfaceIpv6(interfaceName, ipv6 !== undefined)
    for (const [name, value] of requests[index]?.sysctls ?? [])
      setNetworkSysctl(sysctlPath(name, interfaceName), value)
  }
  return openNetlink('route')
}

/** Dots separate the parts of a name, but for those of the interface. */
function sysctlPath(name: string, interfaceName: string): string {
  return name.replaceAll('.', '/').replace('IFNAME', interfaceName)
}

function configureInside(
  inside: NetlinkSocket,
  requests: readonly EndpointRequest[],
  endpoints: readonly ConnectedEndpoint[],
): void {
  inside.send([
    changeLink('lo', { up: true }),
    ...endpoints.flatMap((endpoint, index) =>
      insideRequests(inside, endpoint, requests[index]?.linkLocalAddresses ?? []),
    ),
  ])
}

function insideRequests(
  inside: NetlinkSocket,
  { interfaceName, ipv4Address, prefixLength, gateway, ipv6 }: ConnectedEndpoint,
  linkLocal: readonly string[],
): readonly NetlinkRequest[] {
  const interfaceIndex = linkIndex(inside, interfaceName)
  const addresses = [
    ...(ipv4Address === undefined ? [] : [{ text: ipv4Address, prefixLength }]),
    ...(ipv6 === undefined ? [] : [{ text: ipv6.address, prefixLength: ipv6.prefixLength }]),
    ...linkLocal.map(text => ({ text, prefixLength: text.includes(':') ? 64 : 16 })),
  ]
  const gateways = [gateway, ipv6?.gateway].flatMap(text => parseIpAddress(text ?? '') ?? [])
  return [
    changeLink(interfaceName, { up: true }),
    ...addresses.flatMap(({ text, prefixLength: length }) => {
      const address = parseIpAddress(text)
      return address === undefined ? [] : [newAddress({ interfaceIndex, address, prefixLength: length })]
    }),
    ...gateways.map(address => newDefaultRoute(address, interfaceIndex)),
  ]
}

/**
 * The endpoint that the default route of a family goes through: the highest priority, then one that has both families, so
 * that both go the same way, then the first by name.
 */
function defaultWay(endpoints: readonly EndpointRequest[], family: IpFamily): EndpointRequest | undefined {
  return endpoints
    .filter(({ record }) => !record.network.internal && record[family] !== undefined)
    .toSorted(
      (one, other) =>
        other.gatewayPriority - one.gatewayPriority ||
        Number(isDualStack(other)) - Number(isDualStack(one)) ||
        (one.record.network.name < other.record.network.name ? -1 : 1),
    )
    .at(0)
}

function isDualStack({ record }: EndpointRequest): boolean {
  return record.ipv4 !== undefined && record.ipv6 !== undefined
}

function linkIndex(socket: NetlinkSocket, name: string): number {
  const link = findLink(socket, name)
  if (link === undefined)
    throw new SystemCallError('netlink', constants.errno.ENODEV, `find interface ${name}`)
  return link.index
}

/**
 * With br_netfilter a packet to a published port of the same network is sent on inside the bridge, after its new
 * destination, not through the host's stack; a container that asks for its own port would get it back by its own port.
 * Then the firewall's rules keep containers of a network apart that are not to reach each other: ports that are isolated
 * would keep them from each other's published ports, too.
 */
function filtersBridgedPackets(family: IpFamily): boolean {
  const program = family === 'ipv4' ? 'iptables' : 'ip6tables'
  return readNetworkSysctl(`bridge/bridge-nf-call-${program}`) === '1'
}
