import type { IpFamily } from '../../../base/ip-address.ts'
import { setNetworkSysctl } from '../../../linux/network-sysctl.ts'

const SETTINGS: Readonly<Record<IpFamily, string>> = {
  ipv4: 'ipv4/ip_forward',
  ipv6: 'ipv6/conf/all/forwarding',
}

/** Has the kernel forward packets of `family` between interfaces of the thread's network namespace. */
export function enableForwarding(family: IpFamily): void {
  setNetworkSysctl(SETTINGS[family], '1')
}
