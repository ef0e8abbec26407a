import { ipv4BytesOf } from '../../../linux/ipv4.ts'

/**
 * Returns a locally administered MAC address that follows from an IPv4 address, as Docker's does. An address that moves
 * to another container keeps its MAC, so no neighbour table is stale.
 */
export function macAddressOf(ipv4Address: string): string {
  const bytes = ipv4BytesOf(ipv4Address)
  return ['02', '42', ...[...bytes].map(byte => byte.toString(16).padStart(2, '0'))].join(':')
}
