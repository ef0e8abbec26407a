/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4 = number

/** A block of IPv4 addresses. */
export interface Ipv4Block {
  /** The first address: the bits after the prefix are 0. */
  readonly base: Ipv4
  readonly prefixLength: number
}

const ADDRESS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const BLOCK = /^([\d.]+)\/(\d{1,2})$/

/** Reads a dotted address; undefined if `text` is none. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = ADDRESS.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some(part => part > 255)) return undefined
  return parts.reduce((address, part) => address * 256 + part, 0)
}

/** Returns the dotted form, e.g. `172.18.0.1`. */
export function formatIpv4(address: Ipv4): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.')
}

/** Reads `172.18.0.0/16`; bits after the prefix are dropped. Undefined if `text` is no block. */
export function parseIpv4Block(text: string): Ipv4Block | undefined {
  const [, address, length] = BLOCK.exec(text) ?? []
  const base = parseIpv4(address ?? '')
  const prefixLength = Number(length)
  if (base === undefined || prefixLength > 32) return undefined
  return ipv4Block(base, prefixLength)
}

/** Returns the block of `prefixLength` bits that `address` is in. */
export function ipv4Block(address: Ipv4, prefixLength: number): Ipv4Block {
  return { base: address - (address % blockSize(prefixLength)), prefixLength }
}

/** Returns `172.18.0.0/16`. */
export function formatIpv4Block({ base, prefixLength }: Ipv4Block): string {
  return `${formatIpv4(base)}/${prefixLength}`
}

/** Returns the last address of a block: its broadcast address, where it has one. */
export function lastAddress({ base, prefixLength }: Ipv4Block): Ipv4 {
  return base + blockSize(prefixLength) - 1
}

/** Tells whether two blocks share an address. */
export function blocksOverlap(one: Ipv4Block, other: Ipv4Block): boolean {
  return one.base <= lastAddress(other) && other.base <= lastAddress(one)
}

/** Returns whether `address` is in the block. */
export function blockHas(block: Ipv4Block, address: Ipv4): boolean {
  return address >= block.base && address <= lastAddress(block)
}

/** Returns the four bytes of an address in network order. */
export function ipv4Bytes(address: Ipv4): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(address)
  return bytes
}

/** Returns the bytes of an address in text, those of 0.0.0.0 for any other text. */
export function ipv4BytesOf(text: string): Buffer {
  return ipv4Bytes(parseIpv4(text) ?? 0)
}

function blockSize(prefixLength: number): number {
  return 2 ** (32 - prefixLength)
}
