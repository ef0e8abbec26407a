import { formatIpAddress, type IpFamily, parseIpAddress } from '../../../base/ip-address.ts'
import { familiesOf } from '../../../model/ip-families.ts'
import type { ProjectName } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
import {
  type AddressLease,
  leasesOfOthers,
  lockLeases,
  readLeases,
  writeLeases,
} from '../state/network-leases.ts'
import type { RecordStore } from '../state/record-store.ts'
import { pickAddress } from './address-pool.ts'
import type { NetworkRecord } from './network-record.ts'

/** The addresses that a container has on one network, or asks for. */
export type Addresses = Partial<Readonly<Record<IpFamily, string>>>

/** Who wants addresses of a network, and by which names it is to be found there. */
export interface AddressRequest
  extends Pick<AddressLease, 'container' | 'service' | 'name' | 'aliases' | 'isUnaliased'> {
  readonly network: NetworkRecord
  /** The addresses that the user asks for. */
  readonly wanted: Addresses
}

/** Returns the addresses of a lease, or those that the file gives a service on a network. */
export function addressesOf({
  ipv4Address,
  ipv6Address,
}: Pick<AddressLease, 'ipv4Address' | 'ipv6Address'>): Addresses {
  return { ...(ipv4Address && { ipv4: ipv4Address }), ...(ipv6Address && { ipv6: ipv6Address }) }
}

/**
 * Allocates addresses. Those of the project are read from the live records once, then kept here; those of other projects
 * on the same networks from the networks' leases, which a lock keeps apart.
 */
export class AddressAllocator {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #store: Pick<RecordStore, 'record'>
  #taken: Map<string, Map<string, Addresses>> | undefined
  readonly #requests: PendingRequest[] = []
  #isAllocating = false

  constructor(roots: Roots, project: ProjectName, store: Pick<RecordStore, 'record'>) {
    this.#roots = roots
    this.#project = project
    this.#store = store
  }

  /**
   * Returns an address of each family that the network has. Requests of the same moment are answered together, under one
   * lock and with one write. An address that the file gives a container of the project goes to no other.
   *
   * @throws {TcomposeError} `network` if a wanted address is taken or none is free.
   */
  allocate(request: AddressRequest): Promise<Addresses> {
    const pending = { request, addresses: Promise.withResolvers<Addresses>() }
    this.#requests.push(pending)
    if (!this.#isAllocating) void this.#allocateAll()
    return pending.addresses.promise
  }

  /** Releases every address of a container. */
  release(containerId: string): void {
    for (const taken of this.#load().values()) taken.delete(containerId)
  }

  /** Gives the addresses of a container on one network back, and the names that lead to them. */
  async leave(network: string, containerId: string): Promise<void> {
    using _lock = await lockLeases(this.#roots, network)
    this.#takenOn(network).delete(containerId)
    const leases = readLeases(this.#roots, network)
    const others = leases.filter(({ container }) => container !== containerId)
    if (others.length < leases.length) writeLeases(this.#roots, network, others)
  }

  async #allocateAll(): Promise<void> {
    this.#isAllocating = true
    // One turn of the event loop lets requests of the same moment join.
    await new Promise(resolve => setImmediate(resolve))
    while (this.#requests.length > 0) {
      const requests = this.#requests.splice(0)
      for (const [network, group] of Map.groupBy(requests, ({ request }) => request.network.network.name)) {
        try {
          await this.#allocateOn(network, group)
        } catch (error) {
          for (const { addresses } of group) addresses.reject(error)
        }
      }
    }
    this.#isAllocating = false
  }

  async #allocateOn(network: string, requests: readonly PendingRequest[]): Promise<void> {
    using _lock = await lockLeases(this.#roots, network)
    const foreign = leasesOfOthers(this.#roots, network, this.#project)
    const taken = this.#takenOn(network)
    for (const { request } of requests) taken.delete(request.container)
    const pools = {
      used: valuesOf([...taken.values(), ...foreign.map(addressesOf)]),
      reserved: this.#reservedOn(network),
    }
    const allocated = requests.flatMap(pending => this.#pick(pending, pools) ?? [])
    const kept = readLeases(this.#roots, network).filter(
      ({ project, container, ...lease }) =>
        project === this.#project &&
        isSame(taken.get(container), addressesOf(lease)) &&
        !allocated.some(({ lease: other }) => other.container === container),
    )
    writeLeases(this.#roots, network, [...foreign, ...kept, ...allocated.map(({ lease }) => lease)])
    for (const { lease, addresses } of allocated) addresses.resolve(addressesOf(lease))
  }

  #pick(
    { request, addresses }: PendingRequest,
    { used, reserved }: AddressPools,
  ): AllocatedLease | undefined {
    const { network: record, wanted, ...holder } = request
    const owner = `service "${holder.service}"`
    try {
      const picked = familiesOf(record.network).map(family => ({
        ...pickAddress({
          record,
          family,
          used: used[family],
          reserved: reserved[family],
          wanted: wanted[family],
          owner,
        }),
      }))
      for (const { family, value } of picked) used[family].add(value)
      const own: Addresses = Object.fromEntries(
        picked.map(address => [address.family, formatIpAddress(address)]),
      )
      this.#takenOn(record.network.name).set(holder.container, own)
      const { ipv4, ipv6 } = own
      const lease = {
        ipv4Address: ipv4,
        ...(ipv6 && { ipv6Address: ipv6 }),
        project: this.#project,
        ...holder,
      }
      return { addresses, lease }
    } catch (error) {
      addresses.reject(error)
      return undefined
    }
  }

  /** The addresses that the file gives containers of the project, made or about to be. */
  #reservedOn(network: string): ValuesByFamily {
    const wanted: Addresses[] = []
    for (const { spec } of this.#store.record.containers.values()) {
      const { networkMode } = spec.config
      if (networkMode.kind !== 'networks') continue
      for (const attachment of networkMode.attachments) {
        if (spec.networkNames.get(attachment.network) === network) wanted.push(addressesOf(attachment))
      }
    }
    return valuesOf(wanted)
  }

  #takenOn(network: string): Map<string, Addresses> {
    const networks = this.#load()
    const known = networks.get(network)
    if (known !== undefined) return known
    const taken = new Map<string, Addresses>()
    networks.set(network, taken)
    return taken
  }

  #load(): Map<string, Map<string, Addresses>> {
    if (this.#taken !== undefined) return this.#taken
    this.#taken = new Map()
    for (const id of this.#store.record.containers.keys()) {
      const live = readLiveRecord(containerLayout(this.#roots, this.#project, id).live)
      for (const endpoint of live?.endpoints ?? [])
        this.#takenOn(endpoint.networkName).set(id, addressesOfEndpoint(endpoint))
    }
    return this.#taken
  }
}

interface PendingRequest {
  readonly request: AddressRequest
  readonly addresses: PromiseWithResolvers<Addresses>
}

interface AllocatedLease {
  readonly lease: AddressLease
  readonly addresses: PromiseWithResolvers<Addresses>
}

type ValuesByFamily = Readonly<Record<IpFamily, Set<bigint>>>

interface AddressPools {
  readonly used: ValuesByFamily
  readonly reserved: ValuesByFamily
}

function valuesOf(all: readonly Addresses[]): ValuesByFamily {
  const values = { ipv4: new Set<bigint>(), ipv6: new Set<bigint>() }
  for (const { ipv4, ipv6 } of all) {
    for (const text of [ipv4, ipv6]) {
      const address = text === undefined ? undefined : parseIpAddress(text)
      if (address !== undefined) values[address.family].add(address.value)
    }
  }
  return values
}

/** Returns the addresses that a container has on a network. */
export function addressesOfEndpoint({ ipv4Address, ipv6 }: LiveEndpoint): Addresses {
  return { ...(ipv4Address && { ipv4: ipv4Address }), ...(ipv6 && { ipv6: ipv6.address }) }
}

function isSame(one: Addresses | undefined, other: Addresses): boolean {
  return one?.ipv4 === other.ipv4 && one?.ipv6 === other.ipv6
}
