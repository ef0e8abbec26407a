import { closeSync, lstatSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { namesIn } from '../../../disk/names-in.ts'
import { readIfPresent, removeFile } from '../../../disk/record-file.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import { type NetlinkSocket, openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { pinNetns, removeNetns, withNetns } from '../../../linux/netns.ts'
import { type KeptAddress, keepAddress, keptAddresses } from '../../../linux/rtnetlink/kept-address.ts'
import { changeLink, findLink, moveLink } from '../../../linux/rtnetlink/link.ts'
import { lentFileOf, namespaceOf } from '../state/lent-file.ts'

/** An interface of the host that a container has while it exists in the kernel. */
export interface LentInterface {
  readonly hostName: string
  /** In the container. */
  readonly name: string
  /** What errors call whoever asks for it. */
  readonly source: string
  readonly origin: ModelPath
}

/** An interface as it was on the host. */
interface Lent {
  readonly hostName: string
  readonly name: string
  readonly up: boolean
  readonly addresses: readonly KeptAddress[]
}

/** Of names that are tried where that of the host is taken when an interface comes back. */
const SPARE_NAMES = 9
const HOME = '/proc/thread-self/ns/net'

/**
 * Moves interfaces of the thread's namespace into that of a container, as the OCI runtime specification has it: under their names
 * there, up, with the addresses that they had. What comes back is written down before anything moves. What fails half-way is taken back.
 *
 * @throws {TcomposeError} `device-not-found` for one that is not there, or cannot be moved.
 */
export function lendInterfaces(netnsPath: string, wanted: readonly LentInterface[]): void {
  if (wanted.length === 0) return
  // Most interfaces end with the namespace that they are in, and a keeper that dies lets go of it.
  if (lstatSync(netnsPath).isSymbolicLink()) pinNetns(netnsPath)
  using host = openNetlink('route')
  const found = wanted.map(each => ({ each, link: findLink(host, each.hostName) ?? absent(each) }))
  const lent = found.map(
    ({ each: { hostName, name }, link }): Lent => ({
      hostName,
      name,
      up: link.up,
      addresses: keptAddresses(host, link.index),
    }),
  )
  using inside = withNetns(netnsPath, () => openNetlink('route'))
  // What has the name already is not ours to give back.
  for (const each of wanted) if (findLink(inside, each.name) !== undefined) throw taken(each)
  writeFileSync(lentFileOf(netnsPath), JSON.stringify(lent), { mode: 0o600 })
  const netns = openSync(netnsPath, 'r')
  try {
    for (const { each, link } of found)
      attempt(each, () => host.send([moveLink({ index: link.index, name: each.name, netns })]))
    for (const { name, addresses } of lent) bringUp(inside, name, { addresses, up: true })
  } catch (error) {
    returnInterfaces(netnsPath)
    throw error
  } finally {
    closeSync(netns)
  }
}

/** Moves what was lent to the container of a namespace back into that of the thread, as it was. None need be there. */
export function returnInterfaces(netnsPath: string): void {
  const lent = readLent(netnsPath)
  if (lent.length > 0) giveAllBack(netnsPath, lent)
  removeFile(lentFileOf(netnsPath))
}

function giveAllBack(netnsPath: string, lent: ReturnType<typeof readLent>): void {
  const home = openSync(HOME, 'r')
  try {
    using host = openNetlink('route')
    using inside = insideOf(netnsPath)
    for (const each of lent) if (inside !== undefined) giveBack({ host, inside, home }, each)
  } finally {
    closeSync(home)
  }
}

/** Removes the namespace file of a container, whose interfaces of the host go back before they end with it. */
export function removeContainerNetns(netnsPath: string): void {
  returnInterfaces(netnsPath)
  removeNetns(netnsPath)
}

/** Returns which interfaces of the host the containers of an engine have: their short ids by the host's names. */
export function lentBelow(run: string): ReadonlyMap<string, string> {
  const projects = join(run, 'projects')
  return new Map(
    namesIn(projects).flatMap(project => {
      const folder = join(projects, project, 'netns')
      return namesIn(folder).flatMap(file => {
        const container = namespaceOf(file)
        if (container === undefined) return []
        return readLent(join(folder, container)).map(({ hostName }) => [hostName, container] as const)
      })
    }),
  )
}

function readLent(netnsPath: string): readonly Lent[] {
  const text = readIfPresent(lentFileOf(netnsPath))
  try {
    return text === undefined ? [] : JSON.parse(text)
  } catch {
    // Cut short before anything was moved.
    return []
  }
}

/** A file that is no namespace any more, as after a reboot, has none of them. */
function insideOf(netnsPath: string): NetlinkSocket | undefined {
  try {
    return withNetns(netnsPath, () => openNetlink('route'))
  } catch {
    return undefined
  }
}

interface Way {
  readonly host: NetlinkSocket
  readonly inside: NetlinkSocket
  /** Descriptor of the host's namespace. */
  readonly home: number
}

function giveBack({ host, inside, home }: Way, { hostName, name, up, addresses }: Lent): void {
  const link = findLink(inside, name)
  if (link === undefined) return
  const spare = Array.from({ length: SPARE_NAMES }, (_, index) => `${hostName.slice(0, 13)}_${index + 1}`)
  const free = [hostName, ...spare].find(candidate => findLink(host, candidate) === undefined) ?? name
  // Supervisor and command may do it at the same time.
  const move = moveLink({ index: link.index, name: free, netns: home })
  inside.send([{ ...move, tolerate: [constants.errno.ENODEV] }])
  bringUp(host, free, { addresses, up })
}

function bringUp(
  socket: NetlinkSocket,
  name: string,
  { addresses, up }: Pick<Lent, 'addresses' | 'up'>,
): void {
  const link = findLink(socket, name)
  if (link === undefined) return
  socket.send([
    ...addresses.map(address => keepAddress(address, link.index)),
    ...(up ? [changeLink(name, { up: true })] : []),
  ])
}

function attempt(wanted: LentInterface, move: () => void): void {
  try {
    move()
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    throw new TcomposeError(
      'device-not-found',
      `Cannot give interface "${wanted.hostName}", which "${wanted.source}" names, to a container: ${error.message}`,
      {
        hint: HINTS.get(error.errno) ?? 'Use an interface that can be moved',
        origin: wanted.origin,
        cause: error,
      },
    )
  }
}

const HINTS: ReadonlyMap<number, string> = new Map([
  [constants.errno.EINVAL, 'It is bound to the network of the host, as loopback and bridges are'],
])

function taken({ hostName, name, source, origin }: LentInterface): TcomposeError {
  return new TcomposeError(
    'device-not-found',
    `Cannot give interface "${hostName}", which "${source}" names, to a container as "${name}": it has one of that name`,
    { hint: 'Name that of the network with "interface_name"', origin },
  )
}

function absent(wanted: LentInterface): never {
  throw interfaceProblem(wanted, 'it does not exist')
}

/** Returns the error for an interface that a container cannot have. */
export function interfaceProblem(
  { hostName, source, origin }: Pick<LentInterface, 'hostName' | 'source' | 'origin'>,
  reason: string,
): TcomposeError {
  return new TcomposeError(
    'device-not-found',
    `Cannot use interface "${hostName}", which "${source}" names: ${reason}`,
    { hint: 'Name one that "ip link" shows; a container has it for itself', origin },
  )
}
