import { libcFunction } from './libc.ts'

const recvfrom = libcFunction(
  'intptr_t recvfrom(int fd, uint8_t *buffer, size_t length, int flags, uint8_t *address, uint8_t *addressLength)',
)
const sendto = libcFunction(
  'intptr_t sendto(int fd, const uint8_t *data, size_t length, int flags, const uint8_t *address, uint32_t addressLength)',
)

const AF_INET = 2
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
/** sizeof(struct sockaddr_in) */
const ADDRESS_BYTES = 16

/** A struct sockaddr_in: who sent a datagram. */
export type Ipv4Peer = Buffer

/** Receives and sends on a bound UDP socket of IPv4, never waiting: each call of Node's own costs several of these. */
export class UdpDatagrams {
  readonly #fd: number
  readonly #length = Buffer.alloc(4)
  /** Who sent the datagram that was received last; the next one overwrites it. */
  readonly peer: Ipv4Peer = Buffer.alloc(ADDRESS_BYTES)

  /** The descriptor stays the caller's. */
  constructor(fd: number) {
    this.#fd = fd
  }

  /** Receives into `buffer` and returns the number of bytes; negative if nothing waits. */
  receive(buffer: Buffer): number {
    this.#length.writeUInt32LE(ADDRESS_BYTES)
    return Number(recvfrom(this.#fd, buffer, buffer.length, MSG_DONTWAIT, this.peer, this.#length))
  }

  /** Sends `data` to `peer`; what cannot be sent now is lost, as UDP may. */
  send(data: Buffer, peer: Ipv4Peer): void {
    sendto(this.#fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, peer, ADDRESS_BYTES)
  }
}

/** Returns a dotted address and a port as a peer. */
export function ipv4Peer(address: string, port: number): Ipv4Peer {
  const peer = Buffer.alloc(ADDRESS_BYTES)
  peer.writeUInt16LE(AF_INET, 0)
  peer.writeUInt16BE(port, 2)
  for (const [index, part] of address.split('.').entries()) peer[4 + index] = Number(part)
  return peer
}
