import { ipBytes, parseIpAddress } from '../../../base/ip-address.ts'
import type { HostPort } from '../../../linux/socket-holder.ts'
import type { ContainerId } from '../../../model/names.ts'
import { shortId } from '../../../model/names.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'

/** Address families and socket types of socket(2). */
export const AF_INET = 2
const AF_INET6 = 10
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2

/** The address of the embedded DNS server in every container that is attached to a network. */
export const EMBEDDED_DNS = '127.0.0.11'
/** The same in network order. */
export const EMBEDDED_DNS_BYTES: Uint8Array = Uint8Array.from(EMBEDDED_DNS.split('.'), Number)
/**
 * Where it listens there: `dnsRedirect` leads port 53 to it. It is above the ports that the kernel gives to sockets by
 * default, so that only a program that asks for just this one finds it taken.
 */
export const EMBEDDED_DNS_PORT = 65353
/** The kernel takes no more than net.core.somaxconn. */
const PORT_BACKLOG = 4096

/** Returns how the names of all that the keeper holds for a container start. */
export function heldPrefix(id: ContainerId): string {
  return `${shortId(id)}/`
}

/**
 * What a supervisor has left with the keeper while it rests is held under names that start so; something always is, and nothing while
 * a supervisor is at work.
 */
export const REST_PREFIX = 'wake/'

/** A host port that a container is to have. */
export interface WantedPort extends HostPort {
  /** Someone answers on the socket: the kernel does not lead all packets on before they reach it. */
  readonly isAnswered: boolean
}

/** A host port that the keeper holds. */
export interface HeldPort {
  /** Of the socket. */
  readonly name: string
  readonly hostPort: number
}

/**
 * Has the keeper bind a host port for the entry `index` of a container's ports, so that no one else can; 0 lets the
 * kernel choose. Unless it is answered the socket does not listen: nf_tables sends packets on before they would reach it.
 *
 * @throws {SystemCallError} `EADDRINUSE`, `EADDRNOTAVAIL`, `EAFNOSUPPORT`.
 */
export async function holdHostPort(
  keeper: KeeperConnection,
  { id, index }: { readonly id: ContainerId; readonly index: number },
  { hostIp, hostPort, protocol, isAnswered }: WantedPort,
): Promise<HeldPort> {
  const address = parseIpAddress(hostIp) ?? { family: 'ipv4', value: 0n }
  const listens = isAnswered && protocol === 'tcp'
  const name = `${portPrefix(id)}${index}/${protocol}/${hostIp}/${hostPort}`
  const bound = await keeper.hold({
    name,
    netns: undefined,
    family: address.family === 'ipv4' ? AF_INET : AF_INET6,
    type: protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM,
    address: ipBytes(address),
    port: hostPort,
    backlog: listens ? PORT_BACKLOG : 0,
    // Connections that have ended keep the port in TIME_WAIT.
    reuseAddress: listens,
    ipv6Only: address.family === 'ipv6',
    ...(protocol === 'sctp' && { isSctp: true }),
  })
  return { name, hostPort: bound }
}

/** Returns how the names of all sockets start that hold host ports of a container. */
export function portPrefix(id: ContainerId): string {
  return `${heldPrefix(id)}port/`
}
