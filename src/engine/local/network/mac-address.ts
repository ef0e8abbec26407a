import { ipv4Bytes, parseIpv4 } from '../../../linux/ipv4.ts'

/**
 * Returns a locally administered MAC address that follows from an IPv4 address, as Docker's does. An address that moves
 * to another container keeps its MAC, so no neighbour table is stale.
 */
export function macAddressOf(ipv4Address: string): string {
  const bytes = ipv4Bytes(parseIpv4(ipv4Address) ?? 0)
  return ['02', '42', ...[...bytes].map(byte => byte.toString(16).padStart(2, '0'))].join(':')
}
