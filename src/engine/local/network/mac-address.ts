import { ipBytes, parseIpAddress } from '../../../base/ip-address.ts'

/**
 * Returns a locally administered MAC address that follows from the last four bytes of an IP address, as Docker's does of
 * IPv4. An address that moves to another container keeps its MAC, so no neighbour table is stale.
 */
export function macAddressOf(address: string): string {
  const parsed = parseIpAddress(address)
  return macFromBytes(parsed === undefined ? new Uint8Array(4) : ipBytes(parsed).subarray(-4))
}

/** Returns the locally administered MAC address that ends in four `bytes`. */
export function macFromBytes(bytes: Uint8Array): string {
  return ['02', '42', ...[...bytes].map(byte => byte.toString(16).padStart(2, '0'))].join(':')
}
