import type { LiveEndpoint } from '../../state/live-record.ts'

/** What the embedded DNS needs to know of a container that runs. */
export interface NamedContainer {
  readonly id: string
  readonly name: string
  readonly service: string
  /** @default false */
  readonly isUnaliased?: boolean
  readonly endpoints: readonly Pick<LiveEndpoint, 'networkName' | 'ipv4Address' | 'aliases'>[]
}

/** Who else is on the project's networks. */
export interface NeighbourNames {
  /** Returns the addresses on `network` of those whose names, in lower case, are wanted. */
  named(network: string, isWanted: (names: readonly string[]) => boolean): readonly string[]
  /** Returns the name of the one that has `address` on `network`. */
  nameOf(network: string, address: string): string | undefined
}

/**
 * Names and addresses of the running containers, network by network. A container asks with the names of its own
 * networks, in the order of its endpoints, and sees no other's.
 */
export class NameIndex {
  readonly #containers = new Map<string, NamedContainer>()
  readonly #neighbours: NeighbourNames | undefined
  #networks: ReadonlyMap<string, NetworkNames> | undefined

  constructor(neighbours?: NeighbourNames) {
    this.#neighbours = neighbours
  }

  set(container: NamedContainer): void {
    this.#containers.set(container.id, container)
    this.#networks = undefined
  }

  delete(id: string): void {
    if (this.#containers.delete(id)) this.#networks = undefined
  }

  /**
   * Returns the addresses of `name` on the first of `networks` that knows it, or undefined. A name may be followed by
   * a dot and its network's name.
   */
  addressesOf(name: string, networks: readonly string[]): readonly string[] | undefined {
    const wanted = name.toLowerCase()
    for (const network of networks) {
      const suffix = `.${network.toLowerCase()}`
      const short = wanted.endsWith(suffix) ? wanted.slice(0, -suffix.length) : undefined
      const found =
        this.#addressesOn(network, wanted) ??
        (short === undefined ? undefined : this.#addressesOn(network, short))
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Returns `<container>.<network>` for an address on one of `networks`, or undefined. */
  nameOf(address: string, networks: readonly string[]): string | undefined {
    for (const network of networks) {
      const name =
        this.#index().get(network)?.names.get(address) ?? this.#neighbours?.nameOf(network, address)
      if (name !== undefined) return `${name}.${network}`
    }
    return undefined
  }

  #addressesOn(network: string, name: string): readonly string[] | undefined {
    const own = this.#index().get(network)?.addresses.get(name) ?? []
    const others = this.#neighbours?.named(network, names => names.includes(name)) ?? []
    return own.length + others.length === 0 ? undefined : [...own, ...others]
  }

  #index(): ReadonlyMap<string, NetworkNames> {
    this.#networks ??= indexNetworks(this.#containers.values())
    return this.#networks
  }
}

interface NetworkNames {
  /** Lower-case name to addresses. */
  readonly addresses: Map<string, string[]>
  /** Address to container name. */
  readonly names: Map<string, string>
}

function indexNetworks(containers: Iterable<NamedContainer>): ReadonlyMap<string, NetworkNames> {
  const networks = new Map<string, NetworkNames>()
  for (const container of containers) {
    for (const endpoint of container.endpoints) {
      const network = networks.get(endpoint.networkName) ?? { addresses: new Map(), names: new Map() }
      networks.set(endpoint.networkName, network)
      if (endpoint.ipv4Address === undefined) continue
      network.names.set(endpoint.ipv4Address, container.name)
      for (const name of namesOn(container, endpoint.aliases)) {
        network.addresses.set(name, [...(network.addresses.get(name) ?? []), endpoint.ipv4Address])
      }
    }
  }
  return networks
}

function namesOn(container: NamedContainer, aliases: readonly string[]): ReadonlySet<string> {
  const { name, service, id, isUnaliased } = container
  const names = [name, id.slice(0, 12), ...(isUnaliased ? [] : [service]), ...aliases]
  return new Set(names.map(name => name.toLowerCase()))
}
