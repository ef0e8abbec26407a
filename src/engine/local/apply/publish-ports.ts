import { isIPv4 } from 'node:net'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { PortMapping } from '../../../model/network.ts'
import type { PublishedPort } from '../../../model/observed-state.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { holdHostPort } from '../network/held-sockets.ts'
import { portHolder } from '../network/port-holder.ts'
import { portInUse } from '../network/port-in-use.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Holds the host ports of a container, one for each entry. Of a range, the first that is free.
 *
 * @throws {TcomposeError} `port-in-use` with the holder's name, or `network` for an address that the host lacks.
 */
export async function publishPorts(
  context: ApplyContext,
  keeper: KeeperConnection,
  entry: ContainerEntry,
): Promise<readonly PublishedPort[]> {
  const published: PublishedPort[] = []
  const { networkMode, ports } = entry.spec.config
  // Nothing leads from a held port to another network, and on that of the host the container needs it itself.
  if (networkMode.kind !== 'networks') return []
  for (const [index, mapping] of ports.entries()) {
    published.push(await publishPort(context, keeper, { entry, index, mapping }))
  }
  return published
}

interface Publication {
  readonly entry: ContainerEntry
  /** Which of the container's ports it is. */
  readonly index: number
  readonly mapping: PortMapping
}

async function publishPort(
  context: ApplyContext,
  keeper: KeeperConnection,
  publication: Publication,
): Promise<PublishedPort> {
  const { entry, index, mapping } = publication
  const { target, protocol } = mapping
  const hostIp = publishAddress(mapping)
  const { from, to } = mapping.published ?? { from: 0, to: 0 }
  for (let hostPort = from; hostPort <= to; hostPort += 1) {
    try {
      const bound = await holdHostPort(keeper, { id: entry.id, index }, { hostIp, hostPort, protocol })
      return { hostIp, hostPort: bound, target, protocol }
    } catch (error) {
      if (hostPort === to || errnoNameOf(error) !== 'EADDRINUSE')
        throw holdFailure(context, publication, { hostIp, hostPort, error })
    }
  }
  throw new Error(`Cannot publish ports ${from} to ${to}: the range is empty`)
}

/** @throws {TcomposeError} `network` for an IPv6 address. */
export function publishAddress({ hostIp, target, origin }: PortMapping): string {
  if (hostIp === undefined) return '0.0.0.0'
  if (isIPv4(hostIp)) return hostIp
  throw new TcomposeError(
    'network',
    `Cannot publish port ${target} on ${hostIp}: this version publishes on IPv4 addresses only`,
    {
      hint: 'Use an IPv4 address such as 127.0.0.1, or leave the address out',
      origin,
    },
  )
}

interface HoldFailure {
  readonly hostIp: string
  readonly hostPort: number
  readonly error: unknown
}

function holdFailure(
  { roots }: ApplyContext,
  { entry, mapping }: Publication,
  failure: HoldFailure,
): TcomposeError {
  const { hostIp, hostPort, error } = failure
  const { protocol, origin } = mapping
  const name = errnoNameOf(error)
  if (name === 'EADDRINUSE') {
    const port = { hostIp, hostPort, protocol }
    return portInUse({ port, service: entry.spec.service, holder: portHolder(roots, port), origin })
  }
  const reason = name === 'EADDRNOTAVAIL' ? 'this machine has no such address' : String(name ?? error)
  return new TcomposeError(
    'network',
    `Cannot publish port ${hostPort} of service "${entry.spec.service}" on ${hostIp}: ${reason}`,
    {
      hint: 'Choose an address of this machine, e.g. 127.0.0.1, or leave it out',
      origin,
      cause: error,
    },
  )
}
