import { ipBytes, parseIpAddress } from '../../../../base/ip-address.ts'
import type { NameOrder } from './orders.ts'
import { foldCase, type WireName, wireName } from './wire-name.ts'

/** What the embedded DNS needs to know of a container. */
export interface NamedContainer {
  readonly id: string
  readonly name: string
  readonly service: string
  /** @default false */
  readonly isUnaliased?: boolean
  readonly endpoints: readonly NamedEndpoint[]
}

/** A container's place on a network. */
export interface NamedEndpoint {
  readonly networkName: string
  readonly ipv4Address: string | undefined
  readonly ipv6?: { readonly address: string }
  readonly aliases: readonly string[]
}

/** A container of another project on a network. */
export interface Neighbour extends Omit<NamedContainer, 'endpoints'> {
  readonly endpoint: NamedEndpoint
  readonly isRunning: boolean
}

/**
 * Names and addresses of the containers, network by network, as orders for the name server: all of them, or what has changed
 * since they were taken last.
 */
export class NameIndex {
  /** Called when there is something to take. */
  onChange: () => void = () => {}
  readonly #containers = new Map<string, IndexedContainer>()
  readonly #neighbours = new Map<string, readonly Neighbour[]>()
  readonly #networks = new Map<string, NetworkNames>()

  /** Takes in a container, or what is new about it. The names of one that does not run exist, and have no address. */
  set(container: NamedContainer, isRunning: boolean): void {
    if (!isRunning && this.isHalted(container.id)) return
    this.#leave(container.id)
    this.#containers.set(container.id, { container, isRunning })
    for (const endpoint of container.endpoints)
      this.#network(endpoint.networkName).add(container, endpoint, isRunning)
    this.onChange()
  }

  /** Whether a container is known not to run. */
  isHalted(id: string): boolean {
    return this.#containers.get(id)?.isRunning === false
  }

  delete(id: string): void {
    if (!this.#containers.has(id)) return
    this.#leave(id)
    this.#containers.delete(id)
    this.onChange()
  }

  /** Forgets containers that do not run and are none of `ids`: they were removed. */
  forgetOthers(ids: ReadonlySet<string>): void {
    for (const [id, { isRunning }] of this.#containers) if (!isRunning && !ids.has(id)) this.delete(id)
  }

  /** Takes the containers of other projects on `network` for all that there are; the same array means that nothing has changed. */
  setNeighbours(network: string, neighbours: readonly Neighbour[]): void {
    const last = this.#neighbours.get(network) ?? NOBODY
    if (neighbours === last || neighbours.length + last.length === 0) return
    const names = this.#network(network)
    for (const { id } of last) names.remove(id)
    for (const neighbour of neighbours) names.add(neighbour, neighbour.endpoint, neighbour.isRunning)
    this.#neighbours.set(network, neighbours)
    this.onChange()
  }

  /** Returns the number by which orders mean a network. */
  numberOf(network: string): number {
    return this.#network(network).number
  }

  /** Returns what makes a server that knows nothing know everything; nothing is left to take. */
  takeAll(): readonly NameOrder[] {
    return [...this.#networks.values()].flatMap(names => names.takeAll())
  }

  /** Returns what a server has to be told that was told everything before. */
  takeChanges(): readonly NameOrder[] {
    return [...this.#networks.values()].flatMap(names => names.takeChanges())
  }

  #leave(id: string): void {
    for (const { networkName } of this.#containers.get(id)?.container.endpoints ?? [])
      this.#network(networkName).remove(id)
  }

  #network(name: string): NetworkNames {
    const known = this.#networks.get(name)
    if (known !== undefined) return known
    const names = new NetworkNames(this.#networks.size + 1, name)
    this.#networks.set(name, names)
    return names
  }
}

const NOBODY: readonly Neighbour[] = []

interface IndexedContainer {
  readonly container: NamedContainer
  readonly isRunning: boolean
}

interface Addresses {
  readonly ipv4: readonly Uint8Array[]
  readonly ipv6: readonly Uint8Array[]
}

/** What a container brings to a network. */
interface Brought {
  readonly names: ReadonlySet<WireName>
  readonly pointers: ReadonlySet<WireName>
}

/** The names on one network, each with what each container that has it brings. */
class NetworkNames {
  readonly number: number
  readonly #name: string
  readonly #suffix: WireName | undefined
  readonly #brought = new Map<string, Brought>()
  readonly #addresses = new HeldNames<Addresses>()
  readonly #targets = new HeldNames<WireName | undefined>()
  #isTold = false

  constructor(number: number, name: string) {
    this.number = number
    this.#name = name
    const suffix = wireName(name)
    this.#suffix = suffix === undefined ? undefined : foldCase(suffix)
  }

  add(container: Omit<NamedContainer, 'endpoints'>, endpoint: NamedEndpoint, isRunning: boolean): void {
    const addresses = isRunning ? addressesOf(endpoint) : NO_ADDRESSES
    const names = namesOf(container, endpoint.aliases)
    const pointers = new Set(isRunning ? reverseNames(endpoint) : [])
    const target = wireName(`${container.name}.${this.#name}`)
    for (const name of names) this.#addresses.set(name, container.id, addresses)
    for (const pointer of pointers) this.#targets.set(pointer, container.id, target)
    this.#brought.set(container.id, { names, pointers })
  }

  remove(id: string): void {
    const brought = this.#brought.get(id)
    for (const name of brought?.names ?? []) this.#addresses.delete(name, id)
    for (const pointer of brought?.pointers ?? []) this.#targets.delete(pointer, id)
    this.#brought.delete(id)
  }

  takeAll(): readonly NameOrder[] {
    this.#isTold = true
    this.#addresses.takeChanged()
    this.#targets.takeChanged()
    return [
      { kind: 'network', network: this.number, suffix: this.#suffix },
      ...this.#addresses.names().map(name => this.#nameOrder(name)),
      ...this.#targets.names().map(name => this.#pointerOrder(name)),
    ]
  }

  takeChanges(): readonly NameOrder[] {
    if (!this.#isTold) return this.takeAll()
    return [
      ...this.#addresses.takeChanged().map(name => this.#nameOrder(name)),
      ...this.#targets.takeChanged().map(name => this.#pointerOrder(name)),
    ]
  }

  #nameOrder(name: WireName): NameOrder {
    const network = this.number
    const held = this.#addresses.get(name)
    if (held === undefined) return { kind: 'forget-name', network, name }
    const ipv4 = held.flatMap(addresses => addresses.ipv4)
    return { kind: 'name', network, name, ipv4, ipv6: held.flatMap(addresses => addresses.ipv6) }
  }

  /** An address is that of one container; for a moment it may be that of its successor too, which counts. */
  #pointerOrder(name: WireName): NameOrder {
    const network = this.number
    const held = this.#targets.get(name)
    if (held === undefined) return { kind: 'forget-pointer', network, name }
    return { kind: 'pointer', network, name, target: held.at(-1) }
  }
}

/** Values of names by who brings them, and which names have changed. */
class HeldNames<T> {
  readonly #held = new Map<WireName, Map<string, T>>()
  readonly #changed = new Set<WireName>()

  set(name: WireName, holder: string, value: T): void {
    const values = this.#held.get(name) ?? new Map<string, T>()
    values.set(holder, value)
    this.#held.set(name, values)
    this.#changed.add(name)
  }

  delete(name: WireName, holder: string): void {
    const values = this.#held.get(name)
    values?.delete(holder)
    if (values?.size === 0) this.#held.delete(name)
    this.#changed.add(name)
  }

  get(name: WireName): readonly T[] | undefined {
    const values = this.#held.get(name)
    return values === undefined ? undefined : [...values.values()]
  }

  names(): readonly WireName[] {
    return [...this.#held.keys()]
  }

  takeChanged(): readonly WireName[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed
  }
}

const NO_ADDRESSES: Addresses = { ipv4: [], ipv6: [] }

/** Names that cannot be sent cannot be asked for either. */
function namesOf(
  { name, service, id, isUnaliased }: Omit<NamedContainer, 'endpoints'>,
  aliases: readonly string[],
): ReadonlySet<WireName> {
  const names = [name, id.slice(0, 12), ...(isUnaliased ? [] : [service]), ...aliases]
  return new Set(names.flatMap(text => wireName(text) ?? []).map(foldCase))
}

function addressesOf({ ipv4Address, ipv6 }: NamedEndpoint): Addresses {
  return { ipv4: bytesOf(ipv4Address), ipv6: bytesOf(ipv6?.address) }
}

function bytesOf(text: string | undefined): readonly Uint8Array[] {
  const address = text === undefined ? undefined : parseIpAddress(text)
  return address === undefined ? [] : [ipBytes(address)]
}

function reverseNames({ ipv4Address, ipv6 }: NamedEndpoint): readonly WireName[] {
  return [ipv4Address, ipv6?.address].flatMap(text => (text === undefined ? [] : (reverseName(text) ?? [])))
}

/** RFC 1035, 3.5 and RFC 3596, 2.5. */
function reverseName(text: string): WireName | undefined {
  const address = parseIpAddress(text)
  if (address === undefined) return undefined
  const bytes = [...ipBytes(address)].toReversed()
  const labels =
    address.family === 'ipv4'
      ? [...bytes.map(String), 'in-addr']
      : [...bytes.flatMap(byte => [(byte & 15).toString(16), (byte >> 4).toString(16)]), 'ip6']
  return wireName([...labels, 'arpa'].join('.'))
}
