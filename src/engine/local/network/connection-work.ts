import { assertNever } from '../../../base/assert-never.ts'
import { type IpAddress, type IpFamily, parseIpAddress } from '../../../base/ip-address.ts'
import { interfaceIpv6Settings } from '../../../linux/interface-ipv6.ts'
import type { NetlinkRequest } from '../../../linux/netlink/message.ts'
import { readNetworkSysctl } from '../../../linux/network-sysctl.ts'
import { newAddress } from '../../../linux/rtnetlink/address.ts'
import { changeLink, newSubInterface, newVeth, setBridgePort } from '../../../linux/rtnetlink/link.ts'
import { deleteDefaultRoute, newDefaultRoute, replaceDefaultRoute } from '../../../linux/rtnetlink/route.ts'
import { familiesOf } from '../../../model/ip-families.ts'
import type { ConnectedEndpoint, ConnectRequest, EndpointRequest } from './endpoint.ts'
import { ownerAlias } from './kernel-name.ts'

/** A part of making a container's network, in that of the host or in its own, for whoever makes it. */
export type ConnectionWork = {
  readonly place: 'host' | 'container'
  /** Completes "Cannot ...". */
  readonly purpose: string
} & (
  | { readonly kind: 'requests'; readonly requests: readonly NetlinkRequest[] }
  /** A network setting, which a kernel need not have where it `isOptional`. */
  | { readonly kind: 'setting'; readonly name: string; readonly value: string; readonly isOptional: boolean }
)

/**
 * Returns what makes a fresh network namespace, of which `netns` is a descriptor, the network of a container, in order.
 * Interfaces are known by their names only.
 */
export function connectionWork(
  request: ConnectRequest,
  endpoints: readonly ConnectedEndpoint[],
  netns: number,
): readonly ConnectionWork[] {
  const pairs = pairsOf(request, endpoints)
  return [
    ...LOW_PORTS,
    ...pairs.flatMap(pair => hostWork(request, pair, netns)),
    ...pairs.flatMap(settingsInside),
    {
      kind: 'requests',
      place: 'container',
      purpose: 'set up the network',
      requests: [
        changeLink('lo', { up: true }),
        ...pairs.flatMap(pair => [...interfaceRequests(pair), ...gatewaysOf(pair.endpoint).map(newRoute)]),
      ],
    },
  ]
}

/** How the endpoints of a network namespace that is in use change. */
export interface EndpointChanges {
  /** Those that it has, all of which stay. */
  readonly before: readonly ConnectedEndpoint[]
  /** Those that it is to have, as the endpoints of the request. */
  readonly endpoints: readonly ConnectedEndpoint[]
}

/**
 * Returns what adds to a network namespace, of which `netns` is a descriptor, the endpoints that it lacks, and has its default
 * routes follow. Endpoints are known by their networks.
 */
export function additionWork(
  request: ConnectRequest,
  { before, endpoints }: EndpointChanges,
  netns: number,
): readonly ConnectionWork[] {
  const present = new Set(before.map(({ network }) => network))
  const added = pairsOf(request, endpoints).filter(({ endpoint }) => !present.has(endpoint.network))
  const routes = changedRoutes({ before, endpoints })
  const requests = [...added.flatMap(interfaceRequests), ...routes]
  return [
    ...added.flatMap(pair => hostWork(request, pair, netns)),
    ...added.flatMap(settingsInside),
    ...(requests.length === 0
      ? []
      : [{ kind: 'requests', place: 'container', purpose: 'set up the network', requests } as const]),
  ]
}

function pairsOf(
  { endpoints: wanted }: ConnectRequest,
  endpoints: readonly ConnectedEndpoint[],
): readonly Pair[] {
  return endpoints.flatMap((endpoint, index) => {
    const own = wanted[index]
    return own === undefined ? [] : [{ endpoint, wanted: own }]
  })
}

/** A default route that goes where it went is left alone: the container may have changed it. */
function changedRoutes({ before, endpoints }: EndpointChanges): readonly NetlinkRequest[] {
  const [old, next] = [before.flatMap(gatewaysOf), endpoints.flatMap(gatewaysOf)]
  return [
    ...next
      .filter(way => !old.some(other => isSameWay(way, other)))
      .map(({ gateway, interfaceName }) => replaceDefaultRoute(gateway, interfaceName)),
    ...old
      .filter(({ gateway }) => !next.some(other => other.gateway.family === gateway.family))
      .map(({ gateway, interfaceName }) => deleteDefaultRoute(gateway, interfaceName)),
  ]
}

/** A default route. */
interface Way {
  readonly gateway: IpAddress
  readonly interfaceName: string
}

function gatewaysOf({ gateway, ipv6, interfaceName }: ConnectedEndpoint): readonly Way[] {
  return [gateway, ipv6?.gateway]
    .flatMap(text => parseIpAddress(text ?? '') ?? [])
    .map(address => ({ gateway: address, interfaceName }))
}

function isSameWay(one: Way, other: Way): boolean {
  const [a, b] = [one.gateway, other.gateway]
  return a.family === b.family && a.value === b.value && one.interfaceName === other.interfaceName
}

function newRoute({ gateway, interfaceName }: Way): NetlinkRequest {
  return newDefaultRoute(gateway, interfaceName)
}

interface Pair {
  readonly endpoint: ConnectedEndpoint
  readonly wanted: EndpointRequest
}

function setting(
  place: ConnectionWork['place'],
  [name, value]: readonly [name: string, value: string],
  isOptional: boolean,
): ConnectionWork {
  return { kind: 'setting', place, name, value, isOptional, purpose: `set ${name} to ${value}` }
}

/**
 * As Docker does: any user of the container may bind low ports and send pings. Like every default of a namespace it is
 * set when that is made; the `sysctls` of the file are written by each start of the process, and so win.
 */
const LOW_PORTS: readonly ConnectionWork[] = [
  setting('container', ['ipv4/ip_unprivileged_port_start', '0'], false),
  setting('container', ['ipv4/ping_group_range', '0 2147483647'], false),
]

/** The host's end of a pair is a port of the bridge, which takes every packet; it has no address of IPv6 itself. */
function hostWork(request: ConnectRequest, pair: Pair, netns: number): readonly ConnectionWork[] {
  const { endpoint, wanted } = pair
  const { name } = wanted.record.network
  const shared = { kind: 'requests', place: 'host', purpose: `connect to network "${name}"` } as const
  const made: ConnectionWork = { ...shared, requests: [interfaceRequest(pair, netns)] }
  if (wanted.record.bridge === undefined) return [made]
  return [
    made,
    setting('host', [`ipv6/conf/${endpoint.hostInterface}/disable_ipv6`, '1'], true),
    { ...shared, requests: attachRequests(request, pair, wanted.record.bridge) },
  ]
}

function interfaceRequest({ endpoint, wanted }: Pair, netns: number): NetlinkRequest {
  const { hostInterface, interfaceName, macAddress } = endpoint
  const { driver, mtu, options = {} } = wanted.record.network
  const shared = { name: interfaceName, netns, mtu, parent: options.parent ?? '' }
  switch (driver) {
    case 'bridge':
      return newVeth({ name: hostInterface, mtu, peer: { name: interfaceName, macAddress, netns } })
    case 'macvlan':
      return newSubInterface({
        ...shared,
        kind: { name: 'macvlan', mode: options.macvlanMode ?? 'bridge', macAddress },
      })
    case 'ipvlan':
      return newSubInterface({
        ...shared,
        kind: { name: 'ipvlan', mode: options.ipvlanMode ?? 'l2', flag: options.ipvlanFlag ?? 'bridge' },
      })
    default:
      return assertNever(driver)
  }
}

function attachRequests(
  request: ConnectRequest,
  { endpoint: { hostInterface }, wanted: { record } }: Pair,
  bridge: string,
): readonly NetlinkRequest[] {
  const port = {
    hairpin: filtersBridgedPackets('ipv4'),
    isolated:
      record.network.options?.interContainer === false &&
      !familiesOf(record.network).every(filtersBridgedPackets),
  }
  return [
    changeLink(hostInterface, { alias: ownerAlias(request, request.container), master: bridge, up: true }),
    ...(port.hairpin || port.isolated ? [setBridgePort(hostInterface, port)] : []),
  ]
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

/** The settings of an interface before it comes up. */
function settingsInside({ endpoint: { interfaceName, ipv6 }, wanted }: Pair): readonly ConnectionWork[] {
  const own = interfaceIpv6Settings(interfaceName, ipv6 !== undefined)
  const asked = [...(wanted.sysctls ?? [])].map(
    ([name, value]) => [sysctlPath(name, interfaceName), value] as const,
  )
  return [
    ...own.map(each => setting('container', each, true)),
    ...asked.map(each => setting('container', each, false)),
  ]
}

/** Dots separate the parts of a name, but for those of the interface. */
function sysctlPath(name: string, interfaceName: string): string {
  return name.replaceAll('.', '/').replace('IFNAME', interfaceName)
}

function interfaceRequests({ endpoint, wanted }: Pair): readonly NetlinkRequest[] {
  const { interfaceName, ipv4Address, prefixLength, ipv6 } = endpoint
  const addresses = [
    ...(ipv4Address === undefined ? [] : [{ text: ipv4Address, length: prefixLength }]),
    ...(ipv6 === undefined ? [] : [{ text: ipv6.address, length: ipv6.prefixLength }]),
    ...(wanted.linkLocalAddresses ?? []).map(text => ({ text, length: text.includes(':') ? 64 : 16 })),
  ]
  return [
    changeLink(interfaceName, { up: true }),
    ...addresses.flatMap(({ text, length }) => {
      const address = parseIpAddress(text)
      return address === undefined
        ? []
        : [newAddress({ interfaceIndex: interfaceName, address, prefixLength: length })]
    }),
  ]
}
