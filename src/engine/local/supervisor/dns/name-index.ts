import { ipBytes, parseIpAddress } from '../../../../base/ip-address.ts'
import { TYPES } from './question.ts'
import { NO_RECORDS, type RecordSet, recordSet } from './record-set.ts'
import { foldCase, type WireName, wireName } from './wire-name.ts'

/** What the embedded DNS needs to know of a container. */
export interface NamedContainer {
  readonly id: string
  readonly name: string
  readonly service: string
  /** @default false */
  readonly isUnaliased?: boolean
  /** In the order in which their names count. */
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

/** Who else is on the project's networks. */
export interface Neighbours {
  /** Returns the containers of other projects on `network`: the same array until something has changed. */
  on(network: string): readonly Neighbour[]
}

/** What a name is. */
export type KnownName =
  | {
      readonly kind: 'name'
      readonly ipv4: RecordSet
      readonly ipv6: RecordSet
    }
  /** The reverse name of an address. */
  | { readonly kind: 'address'; readonly pointers: RecordSet }
  /** The name of containers of which none runs. */
  | { readonly kind: 'absent' }

/** What a container knows by name: names with folded case. */
export type NameView = ReadonlyMap<WireName, KnownName>

/**
 * Names and addresses of the containers, network by network. A container asks with the names of its own networks, in the
 * order of its endpoints, and sees no other's.
 */
export class NameIndex {
  readonly #containers = new Map<string, IndexedContainer>()
  readonly #neighbours: Neighbours | undefined
  /** By the array that was passed: who asks again does so with the same. */
  #views = new WeakMap<readonly string[], BuiltView>()

  constructor(neighbours?: Neighbours) {
    this.#neighbours = neighbours
  }

  /** Takes in a container, or what is new about it. The names of one that does not run exist, and have no address. */
  set(container: NamedContainer, isRunning: boolean): void {
    if (!isRunning && this.isHalted(container.id)) return
    this.#containers.set(container.id, { container, isRunning })
    this.#views = new WeakMap()
  }

  /** Whether a container is known not to run. */
  isHalted(id: string): boolean {
    return this.#containers.get(id)?.isRunning === false
  }

  delete(id: string): void {
    if (this.#containers.delete(id)) this.#views = new WeakMap()
  }

  /** Forgets containers that do not run and are none of `ids`: they were removed. */
  forgetOthers(ids: ReadonlySet<string>): void {
    for (const [id, { isRunning }] of this.#containers) if (!isRunning && !ids.has(id)) this.delete(id)
  }

  /**
   * Returns what a container on `networks` knows, as of now. A name on an earlier network hides that on a later one, for
   * each family by itself; behind all of these come the same names with a dot and the network's name.
   */
  view(networks: readonly string[]): NameView {
    const known = this.#views.get(networks)
    if (known !== undefined && this.#isFresh(known, networks)) return known.view
    const neighbours = networks.map(network => this.#neighbours?.on(network) ?? NOBODY)
    const view = buildView(networks.map((network, index) => this.#namesOn(network, neighbours[index])))
    this.#views.set(networks, { view, neighbours })
    return view
  }

  #isFresh({ neighbours }: BuiltView, networks: readonly string[]): boolean {
    if (this.#neighbours === undefined) return true
    for (let index = 0; index < networks.length; index++)
      if (this.#neighbours.on(networks[index] ?? '') !== neighbours[index]) return false
    return true
  }

  #namesOn(network: string, neighbours: readonly Neighbour[] = NOBODY): NetworkNames {
    const names = new NetworkNames(network)
    for (const { container, isRunning } of this.#containers.values())
      for (const endpoint of container.endpoints)
        if (endpoint.networkName === network) names.add(container, endpoint, isRunning)
    for (const neighbour of neighbours) names.add(neighbour, neighbour.endpoint, neighbour.isRunning)
    return names
  }
}

const NOBODY: readonly Neighbour[] = []

interface IndexedContainer {
  readonly container: NamedContainer
  readonly isRunning: boolean
}

interface BuiltView {
  readonly view: NameView
  /** What it was built with, network by network. */
  readonly neighbours: readonly (readonly Neighbour[])[]
}

interface Addresses {
  readonly ipv4: Uint8Array[]
  readonly ipv6: Uint8Array[]
}

/** The names on one network. */
class NetworkNames {
  /** By name with folded case; those of containers of which none runs have no address. */
  readonly addresses = new Map<WireName, Addresses>()
  /** By reverse name. */
  readonly pointers = new Map<WireName, RecordSet>()
  readonly suffix: WireName | undefined
  readonly #network: string

  constructor(network: string) {
    this.#network = network
    const suffix = wireName(network)
    this.suffix = suffix === undefined ? undefined : foldCase(suffix)
  }

  add(container: Omit<NamedContainer, 'endpoints'>, endpoint: NamedEndpoint, isRunning: boolean): void {
    const own = isRunning ? addressesOf(endpoint) : NO_ADDRESSES
    for (const name of namesOf(container, endpoint.aliases)) {
      const known = this.addresses.get(name) ?? { ipv4: [], ipv6: [] }
      known.ipv4.push(...own.ipv4)
      known.ipv6.push(...own.ipv6)
      this.addresses.set(name, known)
    }
    if (isRunning) this.#point(`${container.name}.${this.#network}`, endpoint)
  }

  /** A name that cannot be sent is that of no address, which has none then. */
  #point(name: string, { ipv4Address, ipv6 }: NamedEndpoint): void {
    const target = wireName(name)
    const pointers =
      target === undefined ? NO_RECORDS : recordSet(TYPES.PTR, [Buffer.from(`${target}\0`, 'latin1')])
    for (const address of [ipv4Address, ipv6?.address]) {
      const reverse = address === undefined ? undefined : reverseName(address)
      if (reverse !== undefined) this.pointers.set(reverse, pointers)
    }
  }
}

const ABSENT: KnownName = { kind: 'absent' }
const NO_ADDRESSES: Addresses = { ipv4: [], ipv6: [] }

function buildView(networks: readonly NetworkNames[]): NameView {
  const found = namesOfAll(networks)
  const view = new Map<WireName, KnownName>()
  for (const { pointers } of networks)
    for (const [name, those] of pointers) view.set(name, { kind: 'address', pointers: those })
  for (const [name, { ipv4, ipv6 }] of found)
    view.set(name, ipv4.length + ipv6.length === 0 ? ABSENT : knownAddresses(ipv4, ipv6))
  return view
}

function namesOfAll(networks: readonly NetworkNames[]): ReadonlyMap<WireName, Addresses> {
  const found = new Map<WireName, Addresses>()
  for (const { addresses } of networks) for (const [name, those] of addresses) merge(found, name, those)
  const whole = new Set(found.keys())
  const suffixed = networks.flatMap(({ suffix, addresses }) =>
    suffix === undefined ? [] : [...addresses].map(([name, those]) => [name + suffix, those] as const),
  )
  for (const [name, those] of suffixed) if (!whole.has(name)) merge(found, name, those)
  return found
}

function merge(found: Map<WireName, Addresses>, name: WireName, { ipv4, ipv6 }: Addresses): void {
  const known = found.get(name)
  found.set(name, {
    ipv4: known === undefined || known.ipv4.length === 0 ? ipv4 : known.ipv4,
    ipv6: known === undefined || known.ipv6.length === 0 ? ipv6 : known.ipv6,
  })
}

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

function bytesOf(text: string | undefined): Uint8Array[] {
  const address = text === undefined ? undefined : parseIpAddress(text)
  return address === undefined ? [] : [ipBytes(address)]
}

function knownAddresses(ipv4: readonly Uint8Array[], ipv6: readonly Uint8Array[]): KnownName {
  return { kind: 'name', ipv4: recordSet(TYPES.A, ipv4), ipv6: recordSet(TYPES.AAAA, ipv6) }
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
