import { checked, libcFunction } from './libc.ts'
import { withNetns } from './netns.ts'

const openSocket = libcFunction('int socket(int domain, int type, int protocol)')

const FAMILIES = { ipv4: 2, ipv6: 10 } as const
const SOCK_STREAM = 1
const SOCK_CLOEXEC = 0o2000000

/**
 * Returns a TCP socket that is not connected, in the network namespace of the file at `path`.
 *
 * @throws {SystemCallError} If the namespace or the socket cannot be had.
 */
export function socketInNetns(path: string, family: keyof typeof FAMILIES): number {
  return withNetns(path, () =>
    checked(openSocket(FAMILIES[family], SOCK_STREAM | SOCK_CLOEXEC, 0), 'socket', path),
  )
}
