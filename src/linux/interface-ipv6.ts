import { readNetworkSysctl, setNetworkSysctl } from './network-sysctl.ts'

/**
 * What an interface of a network without IPv6 is set to. With `disable_ipv6` it has no address and drops every packet;
 * the others hold for whoever turns it on again: neighbours do not configure the interface.
 */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['disable_ipv6', '1'],
  ['accept_ra', '0'],
  ['autoconf', '0'],
  ['accept_redirects', '0'],
]

/**
 * Turns IPv6 off on an interface of the thread's network namespace. The kernel has the settings once the interface
 * exists, and makes its link-local address when it comes up: call this in between. A kernel without IPv6 needs nothing.
 */
export function turnIpv6Off(interfaceName: string): void {
  const folder = `ipv6/conf/${interfaceName}`
  if (readNetworkSysctl(`${folder}/disable_ipv6`) === undefined) return
  for (const [name, value] of SETTINGS) setNetworkSysctl(`${folder}/${name}`, value)
}
