import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import type { Protocol } from '../model/network.ts'
import { ipv4BytesOf } from './ipv4.ts'
import { checked, lastErrno, libcFunction } from './libc.ts'

const socket = libcFunction('int socket(int domain, int type, int protocol)')
const bind = libcFunction('int bind(int sockfd, const void *addr, unsigned int addrlen)')

const AF_INET = 2
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000

/** An IPv4 address and port of this machine. */
export interface BindTarget {
  readonly hostIp: string
  readonly hostPort: number
  readonly protocol: Protocol
}

/**
 * Tells whether a socket could be bound there at this moment, by binding one and closing it. False only if the port is
 * in use; anything else that is wrong with the address shows when it is bound for good.
 */
export function canBind({ hostIp, hostPort, protocol }: BindTarget): boolean {
  const type = (protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC
  const fd = checked(socket(AF_INET, type, 0), 'socket', hostIp)
  try {
    const address = socketAddress(hostIp, hostPort)
    return bind(fd, address, address.length) === 0 || lastErrno() !== constants.errno.EADDRINUSE
  } finally {
    closeSync(fd)
  }
}

/** struct sockaddr_in; see ip(7). */
function socketAddress(hostIp: string, port: number): Buffer {
  const address = Buffer.alloc(16)
  address.writeUInt16LE(AF_INET, 0)
  address.writeUInt16BE(port, 2)
  address.set(ipv4BytesOf(hostIp), 4)
  return address
}
