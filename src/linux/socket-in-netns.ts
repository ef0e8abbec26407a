import { checked, libcFunction } from './libc.ts'
import { withNetns } from './netns.ts'

const openSocket = libcFunction('int socket(int domain, int type, int protocol)')

const FAMILIES = { ipv4: 2, ipv6: 10 } as const
const TYPES = { stream: 1, datagram: 2 } as const
const SOCK_CLOEXEC = 0o2000000

/** What socket to open. */
export interface SocketRequest {
  readonly family: keyof typeof FAMILIES
  /** TCP or UDP. */
  readonly type: keyof typeof TYPES
}

/**
 * Returns a socket that is neither bound nor connected, in the network namespace of the file at `path`.
 *
 * @throws {SystemCallError} If the namespace or the socket cannot be had.
 */
export function socketInNetns(path: string, { family, type }: SocketRequest): number {
  return withNetns(path, () =>
    checked(openSocket(FAMILIES[family], TYPES[type] | SOCK_CLOEXEC, 0), 'socket', path),
  )
}
