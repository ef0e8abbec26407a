import { IP_BITS, type IpFamily } from '../../../base/ip-address.ts'
import { parseIpBlock } from '../../../base/ip-block.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
import type { NetworkSubnet } from '../state/project-record.ts'
import type { Addresses } from './address-allocator.ts'
import { type Owner, randomVethName } from './kernel-name.ts'
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

/** What a network namespace that is in use has. */
export interface PresentInterfaces {
  /** Endpoints that stay, by the key of their network. */
  readonly kept: ReadonlyMap<string, ConnectedEndpoint>
  /** Names of all its interfaces. */
  readonly names: ReadonlySet<string>
}

const NOTHING: PresentInterfaces = { kept: new Map(), names: new Set() }

/**
 * Returns how a container will be attached to its networks, in the order of the requests. What stays keeps its interface;
 * where its gateways are follows from all of them.
 */
export function planEndpoints(
  requests: readonly EndpointRequest[],
  present: PresentInterfaces = NOTHING,
): readonly ConnectedEndpoint[] {
  const ways = { ipv4: defaultWay(requests, 'ipv4'), ipv6: defaultWay(requests, 'ipv6') }
  const names = interfaceNames(requests, present)
  return requests.map((request, index) => {
    const { record, addresses, macAddress } = request
    const kept = present.kept.get(record.network.key)
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
        kept?.macAddress ??
        macAddress?.replaceAll('-', ':').toLowerCase() ??
        macAddressOf(addresses.ipv4 ?? addresses.ipv6 ?? ''),
      interfaceName: names[index] ?? `eth${index}`,
      hostInterface: kept?.hostInterface ?? (record.bridge === undefined ? '' : randomVethName()),
    }
  })
}

function prefixLengthOf(subnet: NetworkSubnet | undefined): number {
  return parseIpBlock(subnet?.subnet ?? '')?.prefixLength ?? IP_BITS.ipv4
}

/** Counts each prefix on its own, past the names that the file gives and those that are there. */
function interfaceNames(
  requests: readonly EndpointRequest[],
  { kept, names }: PresentInterfaces,
): readonly string[] {
  const stay = [...kept.values()].map(({ interfaceName }) => interfaceName)
  const taken = new Set([...names, ...stay, ...requests.flatMap(({ interfaceName }) => interfaceName ?? [])])
  return requests.map(({ record, interfaceName }) => {
    const present = kept.get(record.network.key)
    if (present !== undefined) return present.interfaceName
    if (interfaceName !== undefined) return interfaceName
    const prefix = record.network.options?.interfacePrefix ?? 'eth'
    let number = 0
    while (taken.has(`${prefix}${number}`)) number += 1
    taken.add(`${prefix}${number}`)
    return `${prefix}${number}`
  })
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
