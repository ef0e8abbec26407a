import { checked, libcFunction } from '../../src/linux/libc.ts'

const socket = libcFunction('int socket(int domain, int type, int protocol)')
const bind = libcFunction('int bind(int fd, const void *address, uint32_t length)')
const listen = libcFunction('int listen(int fd, int backlog)')
const getsockname = libcFunction('int getsockname(int fd, void *address, void *length)')

const AF_INET = 2
const AF_INET6 = 10
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000

/** Returns a socket as the keeper would pass it: bound to a free port of a loopback address, and listening if it is TCP. */
export function boundSocket(
  protocol: 'udp' | 'tcp',
  hostIp: '127.0.0.1' | '::1' = '127.0.0.1',
): { readonly fd: number; readonly port: number } {
  const type = (protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC
  const isIpv6 = hostIp === '::1'
  const fd = checked(socket(isIpv6 ? AF_INET6 : AF_INET, type, 0), 'socket', protocol)
  const address = Buffer.alloc(isIpv6 ? 28 : 16)
  address.set(isIpv6 ? [AF_INET6] : [AF_INET, 0, 0, 0, 127, 0, 0, 1])
  if (isIpv6) address.writeUInt8(1, 23)
  checked(bind(fd, address, address.length), 'bind', hostIp)
  if (protocol === 'tcp') checked(listen(fd, 64), 'listen', hostIp)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(address.length)
  checked(getsockname(fd, address, length), 'getsockname', hostIp)
  return { fd, port: address.readUInt16BE(2) }
}
