import type { PortMapping, PortRange, Protocol } from './network.ts'

/** A port of the host that a socket is bound to, or will be. */
export interface BoundPort {
  /** Undefined is every address of both families. */
  readonly hostIp: string | undefined
  readonly hostPort: number
  readonly protocol: Protocol
}

/** Returns the host port that `mapping` must have. A range leaves a choice, and so does no host port. */
export function fixedPort({ hostIp, published, protocol }: PortMapping): BoundPort | undefined {
  if (published === undefined || published.from !== published.to || published.from === 0) return undefined
  return { hostIp, hostPort: published.from, protocol }
}

/**
 * Tells whether no two sockets can be bound to `a` and `b` at a time: the protocol and the port are the same, and one
 * address is the other or means every address of its family.
 */
export function portsClash(a: BoundPort, b: BoundPort): boolean {
  return a.protocol === b.protocol && a.hostPort === b.hostPort && sharesAddress(a.hostIp, b.hostIp)
}

/** Tells whether a socket on `hostIp` listens on every address of its family. */
export function isEveryAddress(hostIp: string | undefined): boolean {
  return hostIp === undefined || hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::'
}

/** Tells whether a socket on `a` and one on `b` listen on one address; undefined is every address of both families. */
export function sharesAddress(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true
  return isIpv6(a) === isIpv6(b) && (isEveryAddress(a) || isEveryAddress(b))
}

/** Tells whether an IP address is one of IPv6. */
export function isIpv6(address: string): boolean {
  return address.includes(':')
}

/** Returns a range as the file has it, e.g. `80` or `8080-8089`. */
export function formatPorts({ from, to }: PortRange): string {
  return from === to ? `${from}` : `${from}-${to}`
}
