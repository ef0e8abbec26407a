import { isIpv6 } from '../../../model/bound-port.ts'
import type { LiveEndpoint } from '../state/live-record.ts'

/** How a published port reaches its container. */
export interface PortWay {
  /** Of the container, of the family of the host's address where it has one. */
  readonly address: string
  /** nf_tables leads every packet to it. */
  readonly isKernels: boolean
}

/**
 * Returns where packets to `hostIp` go: to the address on the network with the default route, or else on the first, of the
 * family of `hostIp` where the container has one. Undefined for a container without an address.
 */
export function wayTo(hostIp: string, endpoints: readonly LiveEndpoint[]): PortWay | undefined {
  const ipv4 = (endpoints.find(({ gateway }) => gateway !== undefined) ?? endpoints[0])?.ipv4Address
  const ipv6 = (endpoints.find(endpoint => endpoint.ipv6?.gateway !== undefined) ?? endpoints[0])?.ipv6
    ?.address
  const address = isIpv6(hostIp) ? (ipv6 ?? ipv4) : (ipv4 ?? ipv6)
  if (address === undefined) return undefined
  return { address, isKernels: isIpv6(hostIp) === isIpv6(address) && !takesIpv6Loopback(hostIp) }
}

/** A packet from ::1 that leaves the host has no way back: the kernel has no route_localnet for IPv6. */
function takesIpv6Loopback(hostIp: string): boolean {
  return hostIp === '::1' || hostIp === '::'
}
