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
  if (readNetworkSysctl(`ipv6/conf/${interfaceName}/disable_ipv6`) === undefined) return
  for (const [name, value] of interfaceIpv6Settings(interfaceName, isOn)) setNetworkSysctl(name, value)
}

/** Returns what `setInterfaceIpv6` sets, in order: names of network settings and their values. */
export function interfaceIpv6Settings(
  interfaceName: string,
  isOn: boolean,
): readonly (readonly [name: string, value: string])[] {
  const settings = [
    ['disable_ipv6', isOn ? '0' : '1'],
    ...SETTINGS,
    ...(isOn ? [['accept_dad', '0']] : []),
  ] as readonly (readonly [string, string])[]
  return settings.map(([name, value]) => [`ipv6/conf/${interfaceName}/${name}`, value])
}

/** Tells whether the kernel has IPv6 at all; `ipv6.disable=1` leaves it out. */
export function hasIpv6(): boolean {
  return readNetworkSysctl('ipv6/conf/all/disable_ipv6') !== undefined
}
