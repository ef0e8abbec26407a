import type { Network } from '../../../model/network.ts'
import type { NetworkEntry, NetworkSubnet } from '../state/project-record.ts'

/** A network of a project as it was made on this host. It has at least one subnet. */
export interface NetworkRecord {
  readonly network: Network
  /** Name of the bridge's interface; undefined for a network whose interfaces hang on one of the host. */
  readonly bridge: string | undefined
  /** @default the network has no IPv4 */
  readonly ipv4?: NetworkSubnet
  /** @default the network has no IPv6 */
  readonly ipv6?: NetworkSubnet
}

/** Returns a network as it is in the kernel, or undefined until it was made. */
export function networkRecordOf(entry: NetworkEntry): NetworkRecord | undefined {
  const { network, bridge, subnet, gateway, ipv6 } = entry
  const ipv4 = subnet === undefined || gateway === undefined ? undefined : { subnet, gateway }
  if (bridge === undefined && network.driver === 'bridge') return undefined
  if (ipv4 === undefined && ipv6 === undefined) return undefined
  return { network, bridge, ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) }
}

/** Returns what the record of a project keeps of a network that was made. */
export function madeNetwork({
  bridge,
  ipv4,
  ipv6,
}: NetworkRecord): Pick<NetworkEntry, 'bridge' | 'subnet' | 'gateway' | 'ipv6'> {
  return { bridge, subnet: ipv4?.subnet, gateway: ipv4?.gateway, ...(ipv6 && { ipv6 }) }
}
