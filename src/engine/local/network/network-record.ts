import type { Network } from '../../../model/network.ts'
import type { NetworkEntry } from '../state/project-record.ts'

/** A network of a project as it was made on this host. */
export interface NetworkRecord {
  readonly network: Network
  /** Name of the bridge's interface. */
  readonly bridge: string
  /** CIDR notation. */
  readonly subnet: string
  /** Address of the bridge, which is the way out unless the network is internal. */
  readonly gateway: string
}

/** Returns a network as it is in the kernel, or undefined until its bridge was made. */
export function networkRecordOf(entry: NetworkEntry): NetworkRecord | undefined {
  const { network, bridge, subnet, gateway } = entry
  if (bridge === undefined || subnet === undefined || gateway === undefined) return undefined
  return { network, bridge, subnet, gateway }
}
