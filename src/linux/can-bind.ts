import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { ipBytes, parseIpAddress } from '../base/ip-address.ts'
import type { Protocol } from '../model/network.ts'
import { checked, lastErrno, libcFunction } from './libc.ts'

const socket = libcFunction('int socket(int domain, int type, int protocol)')
const bind = libcFunction('int bind(int sockfd, const void *addr, unsigned int addrlen)')
const setsockopt = libcFunction(
  'int setsockopt(int fd, int level, int name, const void *value, unsigned int length)',
)

const AF_INET = 2
const AF_INET6 = 10
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const IPPROTO_SCTP = 132
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26

/** An address and port of this machine. */
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
  const isIpv6 = hostIp.includes(':')
  const type = (protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC
  const fd = socket(isIpv6 ? AF_INET6 : AF_INET, type, protocol === 'sctp' ? IPPROTO_SCTP : 0)
  if (fd < 0) return true
  try {
    // A port of IPv6 is listened on, and connections that have ended keep it in TIME_WAIT.
    if (isIpv6 && protocol === 'tcp') turnOn(fd, SOL_SOCKET, SO_REUSEADDR)
    if (isIpv6) turnOn(fd, IPPROTO_IPV6, IPV6_V6ONLY)
    const address = socketAddress(hostIp, hostPort)
    return bind(fd, address, address.length) === 0 || lastErrno() !== constants.errno.EADDRINUSE
  } finally {
    closeSync(fd)
  }
}

/** Tells whether this kernel has sockets of SCTP, loading the module where there is one. */
export function hasSctp(): boolean {
  const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP)
  if (fd < 0) return false
  closeSync(fd)
  return true
}

function turnOn(fd: number, level: number, option: number): void {
  const one = Buffer.alloc(4)
  one.writeInt32LE(1)
  checked(setsockopt(fd, level, option, one, one.length), 'setsockopt', String(option))
}

/** struct sockaddr_in or sockaddr_in6; see ip(7) and ipv6(7). */
function socketAddress(hostIp: string, port: number): Buffer {
  const bytes = ipBytes(parseIpAddress(hostIp) ?? { family: 'ipv4', value: 0n })
  const isIpv6 = bytes.length === 16
  const address = Buffer.alloc(isIpv6 ? 28 : 16)
  address.writeUInt16LE(isIpv6 ? AF_INET6 : AF_INET, 0)
  address.writeUInt16BE(port, 2)
  address.set(bytes, isIpv6 ? 8 : 4)
  return address
}
