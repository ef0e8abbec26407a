import { closeSync } from 'node:fs'
import { checked, libcFunction } from '../../src/linux/libc.ts'

const socketCall = libcFunction('int socket(int domain, int type, int protocol)')
const sendto = libcFunction(
  'intptr_t sendto(int fd, const uint8_t *buffer, size_t length, int flags, const uint8_t *address, unsigned int size)',
)

const AF_PACKET = 17
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const ETH_P_IPV6 = 0x86dd
const ICMPV6 = 58
const ROUTER_ADVERTISEMENT = 134
const PREFIX_INFORMATION = 3
const ON_LINK_AND_AUTONOMOUS = 0xc0
const ALL_NODES = 'ff020000000000000000000000000001'
const ROUTER = 'fe80000000000000004200fffe0a0801'

/** The prefix of RFC 3849 that the advertisement offers, as /proc/net/if_inet6 writes it. */
export const ADVERTISED_PREFIX = '20010db8000000'

/**
 * Sends a router advertisement to all nodes, by the interface with this index of the thread's network namespace: what a
 * process with CAP_NET_RAW can send, whatever addresses the interface has.
 */
export function advertiseRouter(interfaceIndex: number): void {
  const frame = Buffer.concat([
    Buffer.from('333300000001' + '02420a080102', 'hex'),
    u16(ETH_P_IPV6),
    packet(),
  ])
  const fd = checked(socketCall(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), 'socket', 'AF_PACKET')
  try {
    const address = linkAddress(interfaceIndex)
    checked(sendto(fd, frame, frame.length, 0, address, address.length), 'sendto', 'router advertisement')
  } finally {
    closeSync(fd)
  }
}

/** struct sockaddr_ll. */
function linkAddress(interfaceIndex: number): Buffer {
  const address = Buffer.alloc(20)
  address.writeUInt16LE(AF_PACKET, 0)
  address.writeUInt16BE(ETH_P_IPV6, 2)
  address.writeInt32LE(interfaceIndex, 4)
  address.writeUInt8(6, 11)
  return address
}

function packet(): Buffer {
  const message = advertisement()
  const addresses = Buffer.from(ROUTER + ALL_NODES, 'hex')
  message.writeUInt16BE(checksum(Buffer.concat([addresses, u32(message.length), u32(ICMPV6), message])), 2)
  const header = Buffer.concat([u32(6 << 28), u16(message.length), Buffer.of(ICMPV6, 255)])
  return Buffer.concat([header, addresses, message])
}

/** RFC 4861, 4.2 and 4.6.2: a router for half an hour, and a prefix to take addresses from. */
function advertisement(): Buffer {
  const router = [Buffer.of(ROUTER_ADVERTISEMENT, 0, 0, 0, 64, 0), u16(1800), u32(0), u32(0)]
  const prefix = [
    Buffer.of(PREFIX_INFORMATION, 4, 64, ON_LINK_AND_AUTONOMOUS),
    u32(86_400),
    u32(14_400),
    u32(0),
  ]
  return Buffer.concat([...router, ...prefix, Buffer.from(`${ADVERTISED_PREFIX.padEnd(32, '0')}`, 'hex')])
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
