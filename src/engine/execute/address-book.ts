import type { ProjectName } from '../../model/names.ts'
import { pickAddress } from '../network/address-pool.ts'
import type { NetworkRecord } from '../network/network-record.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { RecordStore } from '../state/record-store.ts'

export interface AddressWish {
  readonly network: NetworkRecord
  readonly containerId: string
  /** The address that the user asks for. */
  readonly wanted: string | undefined
  /** Who asks, e.g. `service "web"`. */
  readonly owner: string
}

/** Which addresses of the project's networks are dealt out: read from the live records once, then kept here. */
export class AddressBook {
  readonly #roots: Roots
  readonly #project: ProjectName
  readonly #store: RecordStore
  #taken: Map<string, Map<string, string>> | undefined

  constructor(roots: Roots, project: ProjectName, store: RecordStore) {
    this.#roots = roots
    this.#project = project
    this.#store = store
  }

  /** @throws {TcomposeError} `network` if the wanted address is taken or none is free. */
  take({ network, containerId, wanted, owner }: AddressWish): string {
    const taken = this.#takenOn(network.network.name)
    taken.delete(containerId)
    const address = pickAddress({ record: network, used: [...taken.values()], wanted, owner })
    taken.set(containerId, address)
    return address
  }

  /** Gives every address of a container back. */
  release(containerId: string): void {
    for (const taken of this.#load().values()) taken.delete(containerId)
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
