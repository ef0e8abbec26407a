import type { IpFamily } from '../../base/ip-address.ts'

/** Stands for every family in a request for a list. */
export const AF_UNSPEC = 0

const NUMBERS: Readonly<Record<IpFamily, number>> = { ipv4: 2, ipv6: 10 }

/** Returns the number of an address family, see address_families(7). */
export function addressFamily(family: IpFamily): number {
  return NUMBERS[family]
}

/** Returns the family of a number; undefined for one that is none of IP. */
export function ipFamilyOf(number: number): IpFamily | undefined {
  if (number === NUMBERS.ipv4) return 'ipv4'
  return number === NUMBERS.ipv6 ? 'ipv6' : undefined
}
