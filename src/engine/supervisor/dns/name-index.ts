import type { LiveEndpoint } from '../../state/live-record.ts'

/** What the embedded DNS needs to know of a container that runs. */
export interface NamedContainer {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly endpoints: readonly Pick<LiveEndpoint, 'networkName' | 'ipv4Address' | 'aliases'>[]
}

/**
 * Names and addresses of the running containers, network by network. A container asks with the names of its own
 * networks, in the order of its endpoints, and sees no other's.
 */
export class NameIndex {
  readonly #containers = new Map<string, NamedContainer>()
  #networks: ReadonlyMap<string, NetworkNames> | undefined

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
      const names = this.#index().get(network)?.addresses
      const suffix = `.${network.toLowerCase()}`
      const found =
        names?.get(wanted) ??
        (wanted.endsWith(suffix) ? names?.get(wanted.slice(0, -suffix.length)) : undefined)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Returns `<container>.<network>` for an address on one of `networks`, or undefined. */
  nameOf(address: string, networks: readonly string[]): string | undefined {
    for (const network of networks) {
      const name = this.#index().get(network)?.names.get(address)
      if (name !== undefined) return `${name}.${network}`
    }
    return undefined
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
      network.names.set(endpoint.ipv4Address, container.name)
      for (const name of namesOn(container, endpoint.aliases)) {
        network.addresses.set(name, [...(network.addresses.get(name) ?? []), endpoint.ipv4Address])
      }
    }
  }
  return networks
}

function namesOn(container: NamedContainer, aliases: readonly string[]): ReadonlySet<string> {
  const names = [container.name, container.service, container.id.slice(0, 12), ...aliases]
  return new Set(names.map(name => name.toLowerCase()))
}
