import { isIpv4Address } from './is-ip-address.ts'

/** Tells whether the address lies in the network, given in CIDR notation, of the same family. Both must be valid. */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', length = '0'] = network.split('/')
  if (isIpv4Address(address) !== isIpv4Address(base)) return false
  const bits = isIpv4Address(address) ? 32 : 128
  const shift = BigInt(bits - Number(length))
  return addressBits(address) >> shift === addressBits(base) >> shift
}

function addressBits(address: string): bigint {
  if (isIpv4Address(address)) return join(address.split('.').map(Number), 8n)
  return join(ipv6Groups(address), 16n)
}

function join(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n)
}

/** Returns the eight groups of 16 bits of a valid IPv6 address. */
export function ipv6Groups(address: string): readonly number[] {
  const [head = [], tail] = address.split('::').map(groupsOf)
  if (tail === undefined) return head
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function groupsOf(half: string): readonly number[] {
  if (half === '') return []
  return half.split(':').flatMap(group => {
    if (!isIpv4Address(group)) return Number.parseInt(group, 16)
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
}
