import { readNetworkSysctl, setNetworkSysctl } from './network-sysctl.ts'

/** Neighbours do not configure the interface. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['accept_ra', '0'],
  ['autoconf', '0'],
  ['accept_redirects', '0'],
]

/**
 * Turns IPv6 on or off on an interface of the thread's network namespace. One that has it off has no address and drops
 * every packet; its other settings hold for whoever turns it on again. On one that has it on no address waits until the
 * neighbours have been asked for it (RFC 4862, 5.4), that of the link included. The kernel has the settings once the
 * interface exists, and makes its link-local address when it comes up: call this in between. A kernel without IPv6
 * needs nothing.
 */
export function setInterfaceIpv6(interfaceName: string, isOn: boolean): void {
  const folder = `ipv6/conf/${interfaceName}`
  if (readNetworkSysctl(`${folder}/disable_ipv6`) === undefined) return
  setNetworkSysctl(`${folder}/disable_ipv6`, isOn ? '0' : '1')
  for (const [name, value] of SETTINGS) setNetworkSysctl(`${folder}/${name}`, value)
  if (isOn) setNetworkSysctl(`${folder}/accept_dad`, '0')
}

/** Tells whether the kernel has IPv6 at all; `ipv6.disable=1` leaves it out. */
export function hasIpv6(): boolean {
  return readNetworkSysctl('ipv6/conf/all/disable_ipv6') !== undefined
}
