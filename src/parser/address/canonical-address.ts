import { formatIpAddress, parseIpAddress } from '../../base/ip-address.ts'

/** An IPv4 address mapped into IPv6: RFC 4291, section 2.5.5.2. */
const MAPPED = 0xffffn

/**
 * Returns an IP address in its one canonical form: IPv6 by RFC 5952, and IPv4 mapped into IPv6 as IPv4. Other text is
 * returned as it is.
 */
export function canonicalAddress(text: string): string {
  const address = parseIpAddress(text)
  if (address?.family !== 'ipv6') return text
  if (address.value >> 32n !== MAPPED) return formatIpAddress(address)
  return formatIpAddress({ family: 'ipv4', value: address.value & 0xffff_ffffn })
}
