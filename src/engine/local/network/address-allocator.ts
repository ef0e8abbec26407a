import type { ProjectName } from '../../../model/names.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
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

/** Who wants an address of a network, and by which names it is to be found there. */
export interface AddressRequest
  extends Pick<AddressLease, 'container' | 'service' | 'name' | 'aliases' | 'isUnaliased'> {
  readonly network: NetworkRecord
  /** The address that the user asks for. */
  readonly wanted: string | undefined
}

/**
 * Allocates addresses. Those of the project are read from the live records once, then kept here; those of other projects
 * on the same networks from the networks' leases, which a lock keeps apart.
 */
export class AddressAllocator {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #store: Pick<RecordStore, 'record'>
  #taken: Map<string, Map<string, string>> | undefined
  readonly #requests: PendingRequest[] = []
  #isAllocating = false

  constructor(roots: Roots, project: ProjectName, store: Pick<RecordStore, 'record'>) {
    this.#roots = roots
    this.#project = project
    this.#store = store
  }

  /**
   * Requests of the same moment are answered together, under one lock and with one write.
   *
   * @throws {TcomposeError} `network` if the wanted address is taken or none is free.
   */
  allocate(request: AddressRequest): Promise<string> {
    const pending = { request, address: Promise.withResolvers<string>() }
    this.#requests.push(pending)
    if (!this.#isAllocating) void this.#allocateAll()
    return pending.address.promise
  }

  /** Releases every address of a container. */
  release(containerId: string): void {
    for (const taken of this.#load().values()) taken.delete(containerId)
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
          for (const { address } of group) address.reject(error)
        }
      }
    }
    this.#isAllocating = false
  }

  async #allocateOn(network: string, requests: readonly PendingRequest[]): Promise<void> {
    using _lock = await lockLeases(this.#roots, network)
    const foreign = leasesOfOthers(this.#roots, network, this.#project)
    const reserved = foreign.map(({ ipv4Address }) => ipv4Address)
    const allocated = requests.flatMap(pending => this.#pick(pending, reserved) ?? [])
    const taken = this.#takenOn(network)
    const kept = readLeases(this.#roots, network).filter(
      ({ project, container, ipv4Address }) =>
        project === this.#project &&
        taken.get(container) === ipv4Address &&
        !allocated.some(({ lease }) => lease.container === container),
    )
    writeLeases(this.#roots, network, [...foreign, ...kept, ...allocated.map(({ lease }) => lease)])
    for (const { lease, address } of allocated) address.resolve(lease.ipv4Address)
  }

  #pick({ request, address }: PendingRequest, reserved: readonly string[]): AllocatedAddress | undefined {
    const { network: record, wanted, ...holder } = request
    const taken = this.#takenOn(record.network.name)
    taken.delete(holder.container)
    const used = [...taken.values(), ...reserved]
    try {
      const ipv4Address = pickAddress({ record, used, wanted, owner: `service "${holder.service}"` })
      taken.set(holder.container, ipv4Address)
      return { address, lease: { ipv4Address, project: this.#project, ...holder } }
    } catch (error) {
      address.reject(error)
      return undefined
    }
  }

  #takenOn(network: string): Map<string, string> {
    const networks = this.#load()
    const known = networks.get(network)
    if (known !== undefined) return known
    const taken = new Map<string, string>()
    networks.set(network, taken)
    return taken
  }

  #load(): Map<string, Map<string, string>> {
    if (this.#taken !== undefined) return this.#taken
    this.#taken = new Map()
    for (const id of this.#store.record.containers.keys()) {
      const live = readLiveRecord(containerLayout(this.#roots, this.#project, id).live)
      for (const { networkName, ipv4Address } of live?.endpoints ?? [])
        this.#takenOn(networkName).set(id, ipv4Address)
    }
    return this.#taken
  }
}

interface PendingRequest {
  readonly request: AddressRequest
  readonly address: PromiseWithResolvers<string>
}

interface AllocatedAddress {
  readonly lease: AddressLease
  readonly address: PromiseWithResolvers<string>
}
