import { checked, libcFunction } from '../../src/linux/libc.ts'

const socket = libcFunction('int socket(int domain, int type, int protocol)')
const bind = libcFunction('int bind(int fd, const void *address, uint32_t length)')
const listen = libcFunction('int listen(int fd, int backlog)')
const getsockname = libcFunction('int getsockname(int fd, void *address, void *length)')

const AF_INET = 2
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000

/** Returns a socket as the keeper would lend it: bound to a free port of 127.0.0.1, and listening if it is TCP. */
export function boundSocket(protocol: 'udp' | 'tcp'): { readonly fd: number; readonly port: number } {
  const type = (protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC
  const fd = checked(socket(AF_INET, type, 0), 'socket', protocol)
  const address = Buffer.from([AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  checked(bind(fd, address, address.length), 'bind', '127.0.0.1')
  if (protocol === 'tcp') checked(listen(fd, 64), 'listen', '127.0.0.1')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(address.length)
  checked(getsockname(fd, address, length), 'getsockname', '127.0.0.1')
  return { fd, port: address.readUInt16BE(2) }
}
