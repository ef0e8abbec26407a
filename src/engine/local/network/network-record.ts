import type { Network } from '../../../model/network.ts'

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
