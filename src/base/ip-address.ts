export type IpFamily = 'ipv4' | 'ipv6'

/** How many bits an address of a family has. */
export const IP_BITS: Readonly<Record<IpFamily, number>> = { ipv4: 32, ipv6: 128 }

/** An IP address. */
export interface IpAddress {
  readonly family: IpFamily
  /** The address as an unsigned number. */
  readonly value: bigint
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const GROUPS = 8

/** Reads a dotted address or one of RFC 4291, 2.2; undefined if `text` is neither. A zone (`%eth0`) is none. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** Returns the dotted form, or that of RFC 5952, e.g. `fd00::2`. */
export function formatIpAddress({ family, value }: IpAddress): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    ((value >> BigInt(16 * (GROUPS - 1 - index))) & 0xffffn).toString(16),
  )
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** Returns the bytes of an address in network order: 4 or 16. */
export function ipBytes({ family, value }: IpAddress): Uint8Array {
  const length = IP_BITS[family] / 8
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 255n))
}

/** Reads the 4 or 16 bytes of an address in network order; undefined for another number of bytes. */
export function ipFromBytes(bytes: Uint8Array): IpAddress | undefined {
  const family = bytes.length === 4 ? 'ipv4' : bytes.length === 16 ? 'ipv6' : undefined
  if (family === undefined) return undefined
  return { family, value: bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) }
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = IPV4.exec(text)?.slice(1).map(Number)
  if (parts === undefined || parts.some(part => part > 255)) return undefined
  return { family: 'ipv4', value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) }
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1))
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = GROUPS - head.length - (tail?.length ?? 0)
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])]
  return { family: 'ipv6', value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) }
}

/** The last group of all may be an IPv4 address. */
function groupsOf(half: string, isLast: boolean): readonly number[] | undefined {
  if (half === '') return []
  const groups: number[] = []
  const parts = half.split(':')
  for (const [index, part] of parts.entries()) {
    const dotted = isLast && index === parts.length - 1 ? parseIpv4(part) : undefined
    if (dotted !== undefined) groups.push(Number(dotted.value >> 16n), Number(dotted.value & 0xffffn))
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === '0') length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}
