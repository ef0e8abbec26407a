import { addEndpoints, deleteInside, interfacesInside } from '../network/connect-container.ts'
import { isBlockedByLegacy } from '../network/forward-filters.ts'
import { lendInterfaces, removeContainerNetns } from '../network/lent-interfaces.ts'
import { makeNetwork } from '../network/make-network.ts'
import { removeInterfaces, removeInterfacesElsewhere } from '../network/remove-interfaces.ts'
import { updateFirewall } from '../network/update-firewall.ts'

/** What carrying out a plan asks of the kernel's network. */
export interface KernelNetwork {
  readonly makeNetwork: typeof makeNetwork
  readonly lendInterfaces: typeof lendInterfaces
  readonly addEndpoints: typeof addEndpoints
  readonly deleteInside: typeof deleteInside
  readonly interfacesInside: typeof interfacesInside
  readonly removeNetns: typeof removeContainerNetns
  readonly removeInterfaces: typeof removeInterfaces
  readonly removeInterfacesElsewhere: typeof removeInterfacesElsewhere
  readonly updateFirewall: typeof updateFirewall
  readonly isBlockedByLegacy: typeof isBlockedByLegacy
}

/** The network of this machine. */
export const hostNetwork: KernelNetwork = {
  makeNetwork,
  lendInterfaces,
  addEndpoints,
  deleteInside,
  interfacesInside,
  removeNetns: removeContainerNetns,
  removeInterfaces,
  removeInterfacesElsewhere,
  updateFirewall,
  isBlockedByLegacy,
}
