import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { hasIpv6 } from '../../../linux/has-ipv6.ts'
import { fixedPort, isIpv6, portsClash } from '../../../model/bound-port.ts'
import type { PortMapping } from '../../../model/network.ts'
import type { PublishedPort } from '../../../model/observed-state.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { wayTo } from '../network/container-address.ts'
import { type HeldPort, holdHostPort, portPrefix } from '../network/held-sockets.ts'
import { portHolder } from '../network/port-holder.ts'
import { portInUse } from '../network/port-in-use.ts'
import type { LiveEndpoint, LiveRecord, LiveRelay } from '../state/live-record.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/** The host ports of a container, and what of them is passed on by a program. */
export interface Publication {
  readonly ports: readonly PublishedPort[]
  readonly relays: readonly LiveRelay[]
}

/** How often another host port is asked of the kernel, where that of one family is taken in the other. */
const CHOICE_TRIES = 16

/**
 * Holds the host ports of a container: for each entry one, on each address that it names. Of a range, the first that is
 * free and that no other container of the project has to have.
 *
 * @throws {TcomposeError} `port-in-use` with the holder's name, `network` for an address that the host lacks, or `keeper`.
 */
export async function publishPorts(
  context: ApplyContext,
  keeper: KeeperConnection,
  { entry, endpoints }: { readonly entry: ContainerEntry; readonly endpoints: readonly LiveEndpoint[] },
): Promise<Publication> {
  const { networkMode, ports } = entry.spec.config
  // Nothing leads from a held port to another network, and on that of the host the container needs it itself.
  if (networkMode.kind !== 'networks') return { ports: [], relays: [] }
  const held: HeldAddress[] = []
  for (const [index, mapping] of ports.entries()) {
    held.push(...(await publishPort({ context, keeper, entry, index, mapping, endpoints })))
  }
  return { ports: held.map(({ port }) => port), relays: held.flatMap(({ relay }) => relay ?? []) }
}

interface Republication {
  readonly entry: ContainerEntry
  readonly live: Pick<LiveRecord, 'ports' | 'relays'>
  /** That it has from then on. */
  readonly endpoints: readonly LiveEndpoint[]
}

/**
 * Returns what of the ports of a running container has to be passed on by a program once it has other endpoints. Its ports
 * stay held; a socket that nothing has listened on so far is bound again.
 */
export async function republishPorts(
  context: ApplyContext,
  { entry, live, endpoints }: Republication,
): Promise<readonly LiveRelay[]> {
  if (live.ports.length === 0) return []
  const keeper = await context.keeper()
  const prefix = portPrefix(entry.id)
  const relays: LiveRelay[] = []
  for (const { name, port: hostPort } of await keeper.held(prefix)) {
    const [index = '', , hostIp = ''] = name.slice(prefix.length).split('/')
    const mapping = entry.spec.config.ports[Number(index)]
    const way = wayTo(hostIp, endpoints)
    if (mapping === undefined || way === undefined || way.isKernels || mapping.protocol === 'sctp') continue
    const { protocol, target } = mapping
    const relay = { socket: name, protocol, address: way.address, port: target }
    const isAnswered = live.relays?.some(({ socket }) => socket === name) === true
    if (isAnswered) relays.push(relay)
    else {
      await keeper.release(name)
      const wanted = { hostIp, hostPort, protocol, isAnswered: true }
      const { name: socket } = await holdHostPort(keeper, { id: entry.id, index: Number(index) }, wanted)
      relays.push({ ...relay, socket })
    }
  }
  return relays
}

/** Returns the addresses that a port is published on: where the file has none, every one of each family of the host. */
export function publishAddresses({
  hostIp,
  protocol,
}: Pick<PortMapping, 'hostIp' | 'protocol'>): readonly string[] {
  if (hostIp !== undefined) return [hostIp]
  // Nothing relays SCTP from one family to the other.
  return protocol !== 'sctp' && hasIpv6() ? ['0.0.0.0', '::'] : ['0.0.0.0']
}

interface PortRequest {
  readonly context: ApplyContext
  readonly keeper: KeeperConnection
  readonly entry: ContainerEntry
  /** Which of the container's ports it is. */
  readonly index: number
  readonly mapping: PortMapping
  readonly endpoints: readonly LiveEndpoint[]
}

interface HeldAddress {
  readonly port: PublishedPort
  readonly relay: LiveRelay | undefined
}

async function publishPort(request: PortRequest): Promise<readonly HeldAddress[]> {
  const candidates = candidatesOf(request)
  for (const [attempt, hostPort] of candidates.entries()) {
    const outcome = await holdOnAll(request, hostPort)
    if (outcome.kind === 'held') return outcome.addresses
    const isLast = attempt === candidates.length - 1
    if (isLast || errnoNameOf(outcome.failure.error) !== 'EADDRINUSE')
      throw holdFailure(request, outcome.failure)
  }
  throw new Error(`Cannot publish port ${request.mapping.target}: its range is empty`)
}

/** In ascending order, those last that another container of the project has to have. */
function candidatesOf({ context, entry, mapping }: PortRequest): readonly number[] {
  const { published, hostIp, protocol } = mapping
  if (published === undefined) return new Array<number>(CHOICE_TRIES).fill(0)
  const { from, to } = published
  if (from === to) return [from]
  const wanted = [...context.store.record.containers.values()]
    .filter(({ id, phase }) => id !== entry.id && phase !== 'removing')
    .flatMap(({ spec }) => spec.config.ports.flatMap(port => fixedPort(port) ?? []))
  const isWanted = (hostPort: number) => wanted.some(port => portsClash(port, { hostIp, hostPort, protocol }))
  const all = Array.from({ length: to - from + 1 }, (_, offset) => from + offset)
  return [...all.filter(port => !isWanted(port)), ...all.filter(isWanted)]
}

type HoldOutcome =
  | { readonly kind: 'held'; readonly addresses: readonly HeldAddress[] }
  | { readonly kind: 'refused'; readonly failure: HoldFailure }

/** Holds one port on every address, or on none. */
async function holdOnAll(request: PortRequest, wanted: number): Promise<HoldOutcome> {
  const { keeper, mapping } = request
  const addresses: HeldAddress[] = []
  const sockets: HeldPort[] = []
  let hostPort = wanted
  for (const hostIp of publishAddresses(mapping)) {
    try {
      const { socket, address } = await holdOn(request, { hostIp, hostPort })
      sockets.push(socket)
      addresses.push(address)
      hostPort = socket.hostPort
    } catch (error) {
      // The keeper is gone, and its sockets with it.
      if (error instanceof TcomposeError) throw error
      for (const { name } of sockets) await keeper.release(name)
      return { kind: 'refused', failure: { hostIp, hostPort, error } }
    }
  }
  return { kind: 'held', addresses }
}

async function holdOn(
  { keeper, entry: { id }, index, mapping, endpoints }: PortRequest,
  place: Pick<PublishedPort, 'hostIp' | 'hostPort'>,
): Promise<{ readonly socket: HeldPort; readonly address: HeldAddress }> {
  const { hostIp } = place
  const { target, protocol } = mapping
  const way = wayTo(hostIp, endpoints)
  const isAnswered = way !== undefined && !way.isKernels
  const socket = await holdHostPort(keeper, { id, index }, { ...place, protocol, isAnswered })
  const relay =
    isAnswered && protocol !== 'sctp'
      ? { socket: socket.name, protocol, address: way.address, port: target }
      : undefined
  return { socket, address: { port: { hostIp, hostPort: socket.hostPort, target, protocol }, relay } }
}

interface HoldFailure {
  readonly hostIp: string
  readonly hostPort: number
  readonly error: unknown
}

function holdFailure({ context, entry, mapping }: PortRequest, failure: HoldFailure): TcomposeError {
  const { hostIp, hostPort, error } = failure
  const { protocol, origin } = mapping
  const name = errnoNameOf(error)
  if (name === 'EADDRINUSE') {
    const port = { hostIp, hostPort, protocol }
    return portInUse({ port, service: entry.spec.service, holder: portHolder(context.roots, port), origin })
  }
  const reason = REASONS.get(name ?? '') ?? String(name ?? error)
  return new TcomposeError(
    'network',
    `Cannot publish port ${hostPort} of service "${entry.spec.service}" on ${hostIp}: ${reason}`,
    {
      hint: `Choose an address of this machine, e.g. ${isIpv6(hostIp) ? '::1' : '127.0.0.1'}, or leave it out`,
      origin,
      cause: error,
    },
  )
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['EAFNOSUPPORT', 'this machine has no IPv6'],
])
