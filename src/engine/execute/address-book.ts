import type { ProjectName } from '../../model/names.ts'
import { pickAddress } from '../network/address-pool.ts'
import type { NetworkRecord } from '../network/network-record.ts'
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

/** Who wants an address of a network, and by which names it is to be found there. */
export interface AddressWish extends Pick<AddressLease, 'container' | 'service' | 'name' | 'aliases'> {
  readonly network: NetworkRecord
  /** The address that the user asks for. */
  readonly wanted: string | undefined
}

/**
 * Deals out addresses. Those of the project are read from the live records once, then kept here; those of other projects
 * on the same networks from the networks' leases, which a lock keeps apart.
 */
export class AddressBook {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #store: Pick<RecordStore, 'record'>
  #taken: Map<string, Map<string, string>> | undefined
  /** The takes of this process wait for each other here: between processes the lock is asked for again and again. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(roots: Roots, project: ProjectName, store: Pick<RecordStore, 'record'>) {
    this.#roots = roots
    this.#project = project
    this.#store = store
  }

  /** @throws {TcomposeError} `network` if the wanted address is taken or none is free. */
  take(wish: AddressWish): Promise<string> {
    const turn = this.#turn.then(() => this.#take(wish))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Gives every address of a container back. */
  release(containerId: string): void {
    for (const taken of this.#load().values()) taken.delete(containerId)
  }

  async #take({ network: record, wanted, ...holder }: AddressWish): Promise<string> {
    const network = record.network.name
    using _lock = await lockLeases(this.#roots, network)
    const taken = this.#takenOn(network)
    taken.delete(holder.container)
    const foreign = leasesOfOthers(this.#roots, network, this.#project)
    const used = [...taken.values(), ...foreign.map(({ ipv4Address }) => ipv4Address)]
    const ipv4Address = pickAddress({ record, used, wanted, owner: `service "${holder.service}"` })
    taken.set(holder.container, ipv4Address)
    const own = readLeases(this.#roots, network).filter(
      lease => lease.project === this.#project && taken.get(lease.container) === lease.ipv4Address,
    )
    const lease = { ipv4Address, project: this.#project, ...holder }
    const others = own.filter(({ container }) => container !== holder.container)
    writeLeases(this.#roots, network, [...foreign, ...others, lease])
    return ipv4Address
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
