import { formatIpAddress, IP_BITS, type IpAddress, type IpFamily, parseIpAddress } from './ip-address.ts'

/** A block of IP addresses. */
export interface IpBlock {
  readonly family: IpFamily
  /** The first address: the bits after the prefix are 0. */
  readonly base: bigint
  readonly prefixLength: number
}

/** Reads `172.18.0.0/16` or `fd00::/64`; bits after the prefix are dropped. Undefined if `text` is no block. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const [, host, length] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text) ?? []
  const address = parseIpAddress(host ?? '')
  const prefixLength = Number(length)
  if (address === undefined || prefixLength > IP_BITS[address.family]) return undefined
  return ipBlock(address, prefixLength)
}

/** Returns the block of `prefixLength` bits that `address` is in. */
export function ipBlock({ family, value }: IpAddress, prefixLength: number): IpBlock {
  const size = blockSize({ family, prefixLength })
  return { family, base: value - (value % size), prefixLength }
}

/** Returns `172.18.0.0/16` or `fd00::/64`. */
export function formatIpBlock(block: IpBlock): string {
  return `${formatIpAddress(firstAddress(block))}/${block.prefixLength}`
}

/** Returns the first address of a block: that of the network itself. */
export function firstAddress({ family, base }: IpBlock): IpAddress {
  return { family, value: base }
}

/** Returns the last address of a block: of IPv4 its broadcast address, where it has one. */
export function lastAddress(block: IpBlock): IpAddress {
  return { family: block.family, value: block.base + blockSize(block) - 1n }
}

/** Tells whether two blocks share an address. */
export function blocksOverlap(one: IpBlock, other: IpBlock): boolean {
  if (one.family !== other.family) return false
  const common = Math.min(one.prefixLength, other.prefixLength)
  return (one.base ^ other.base) >> BigInt(IP_BITS[one.family] - common) === 0n
}

/** Tells whether `address` is in the block. */
export function blockHas(block: IpBlock, { family, value }: IpAddress): boolean {
  return family === block.family && value >= block.base && value <= lastAddress(block).value
}

/**
 * Tells whether `address` may be that of a host: of IPv4 neither the network's own nor the broadcast address (a block of
 * 31 bits or more has none, see RFC 3021), of IPv6 not that of all routers (RFC 4291, 2.6.1).
 */
export function isHostAddress(block: IpBlock, address: IpAddress): boolean {
  if (!blockHas(block, address)) return false
  if (block.prefixLength >= IP_BITS[block.family] - 1) return true
  if (address.value === block.base) return false
  return block.family === 'ipv6' || address.value !== lastAddress(block).value
}

function blockSize({ family, prefixLength }: Pick<IpBlock, 'family' | 'prefixLength'>): bigint {
  return 1n << BigInt(IP_BITS[family] - prefixLength)
}
