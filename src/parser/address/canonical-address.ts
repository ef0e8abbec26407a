import { ipv6Groups } from './is-in-network.ts'
import { isIpAddress, isIpv4Address } from './is-ip-address.ts'

/** First groups of an IPv4 address mapped into IPv6: RFC 4291, section 2.5.5.2. */
const MAPPED = '0,0,0,0,0,65535'

/**
 * Returns an IP address in its one canonical form: IPv6 by RFC 5952, and IPv4 mapped into IPv6 as IPv4. Other text is
 * returned as it is.
 */
export function canonicalAddress(text: string): string {
  if (!isIpAddress(text) || isIpv4Address(text)) return text
  const groups = ipv6Groups(text)
  if (groups.slice(0, 6).join() === MAPPED) return ipv4Of(groups.slice(6))
  const { start, length } = longestZeros(groups)
  if (length < 2) return hexOf(groups)
  return `${hexOf(groups.slice(0, start))}::${hexOf(groups.slice(start + length))}`
}

function ipv4Of(groups: readonly number[]): string {
  return groups.flatMap(group => [group >> 8, group & 0xff]).join('.')
}

function hexOf(groups: readonly number[]): string {
  return groups.map(group => group.toString(16)).join(':')
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    const end = groups.findIndex((group, index) => index >= start && group !== 0)
    const length = (end === -1 ? groups.length : end) - start
    if (length > longest.length) longest = { start, length }
  }
  return longest
}
