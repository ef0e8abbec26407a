import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { turnIpv6Off } from '../../../linux/interface-ipv6.ts'
import { parseIpv4, parseIpv4Block } from '../../../linux/ipv4.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { createNetns, removeNetns, withNetns } from '../../../linux/netns.ts'
import { readNetworkSysctl, setNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { newAddress } from '../../../linux/rtnetlink/address.ts'
import { allowHairpin, changeLink, deleteLinks, findLink, newVeth } from '../../../linux/rtnetlink/link.ts'
import { newDefaultRoute } from '../../../linux/rtnetlink/route.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
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
  readonly ipv4Address: string
  /** Undefined follows from the address. */
  readonly macAddress: string | undefined
  /** Undefined is `eth` and the endpoint's place. */
  readonly interfaceName: string | undefined
  readonly gatewayPriority: number
}

/** How a container is attached to one network. `gateway` is set where the default route goes, and nowhere else. */
export type ConnectedEndpoint = Omit<LiveEndpoint, 'aliases'>

/**
 * Makes a container's network namespace as a file, in place of one that is there, and connects it to the bridges of its
 * networks. What fails half-way is taken back.
 *
 * @throws {SystemCallError} Also ENODEV, if a bridge is not there.
 */
export function connectContainer(request: ConnectRequest): readonly ConnectedEndpoint[] {
  const way = defaultWay(request.endpoints)
  const endpoints = request.endpoints.map((endpoint, index) => planEndpoint(endpoint, index, way))
  using host = openNetlink('route')
  try {
    createNetns(request.netnsPath, allowLowPorts)
    attachToBridges(host, request, endpoints)
    using inside = withNetns(request.netnsPath, () => openInside(endpoints))
    configureInside(inside, endpoints)
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
  const interfaces = connections.flatMap(({ endpoints }) =>
    endpoints.map(({ hostInterface }) => hostInterface),
  )
  try {
    socket.send(deleteLinks(interfaces, randomGroup()))
  } finally {
    for (const { netnsPath } of connections) removeNetns(netnsPath)
  }
}

function planEndpoint(
  request: EndpointRequest,
  index: number,
  way: EndpointRequest | undefined,
): ConnectedEndpoint {
  const { record, ipv4Address, macAddress, interfaceName } = request
  return {
    network: record.network.key,
    networkName: record.network.name,
    ipv4Address,
    prefixLength: parseIpv4Block(record.subnet)?.prefixLength ?? 32,
    gateway: request === way ? record.gateway : undefined,
    macAddress: macAddress?.replaceAll('-', ':').toLowerCase() ?? macAddressOf(ipv4Address),
    interfaceName: interfaceName ?? `eth${index}`,
    hostInterface: randomVethName(),
  }
}

/**
 * As Docker does: any user of the container may bind low ports and send pings. Like every default of a namespace it is
 * set when that is made; the `sysctls` of the file are written by each start of the process, and so win.
 */
function allowLowPorts(): void {
  setNetworkSysctl('ipv4/ip_unprivileged_port_start', '0')
  setNetworkSysctl('ipv4/ping_group_range', '0 2147483647')
}

function attachToBridges(
  host: NetlinkSocket,
  request: ConnectRequest,
  endpoints: readonly ConnectedEndpoint[],
): void {
  if (endpoints.length === 0) return
  const netns = openSync(request.netnsPath, 'r')
  try {
    host.send(endpoints.map((endpoint, index) => pairRequest(request.endpoints[index], endpoint, netns)))
    for (const { hostInterface } of endpoints) turnIpv6Off(hostInterface)
    host.send(endpoints.flatMap((endpoint, index) => attachRequests({ host, request }, endpoint, index)))
  } finally {
    closeSync(netns)
  }
}

interface Attaching {
  readonly host: NetlinkSocket
  readonly request: ConnectRequest
}

/** `netns` is a descriptor of the container's namespace. */
function pairRequest(
  request: EndpointRequest | undefined,
  { hostInterface, interfaceName, macAddress }: ConnectedEndpoint,
  netns: number,
): NetlinkRequest {
  const mtu = request?.record.network.mtu
  return newVeth({ name: hostInterface, mtu, peer: { name: interfaceName, macAddress, netns } })
}

function attachRequests(
  { host, request }: Attaching,
  endpoint: ConnectedEndpoint,
  index: number,
): readonly NetlinkRequest[] {
  const record = request.endpoints[index]?.record
  const { hostInterface } = endpoint
  return [
    changeLink(hostInterface, {
      alias: ownerAlias(request, request.container),
      master: linkIndex(host, record?.bridge ?? ''),
      up: true,
    }),
    ...(filtersBridgedPackets() ? [allowHairpin(hostInterface)] : []),
  ]
}

/** Returns a socket of the container's namespace, in which its interfaces are now ready to come up. */
function openInside(endpoints: readonly ConnectedEndpoint[]): NetlinkSocket {
  for (const { interfaceName } of endpoints) turnIpv6Off(interfaceName)
  return openNetlink('route')
}

function configureInside(inside: NetlinkSocket, endpoints: readonly ConnectedEndpoint[]): void {
  inside.send([
    changeLink('lo', { up: true }),
    ...endpoints.flatMap(endpoint => insideRequests(inside, endpoint)),
  ])
}

function insideRequests(
  inside: NetlinkSocket,
  { interfaceName, ipv4Address, prefixLength, gateway }: ConnectedEndpoint,
): readonly NetlinkRequest[] {
  const index = linkIndex(inside, interfaceName)
  const route = gateway === undefined ? [] : [newDefaultRoute(parseIpv4(gateway) ?? 0, index)]
  return [
    changeLink(interfaceName, { up: true }),
    newAddress({ interfaceIndex: index, address: parseIpv4(ipv4Address) ?? 0, prefixLength }),
    ...route,
  ]
}

/** The endpoint that the default route goes through: the highest priority, then the first by name. */
function defaultWay(endpoints: readonly EndpointRequest[]): EndpointRequest | undefined {
  return endpoints
    .filter(({ record }) => !record.network.internal)
    .toSorted(
      (one, other) =>
        other.gatewayPriority - one.gatewayPriority ||
        (one.record.network.name < other.record.network.name ? -1 : 1),
    )
    .at(0)
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
 */
function filtersBridgedPackets(): boolean {
  return readNetworkSysctl('bridge/bridge-nf-call-iptables') === '1'
}
