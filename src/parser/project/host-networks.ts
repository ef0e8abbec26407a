import type { MapNode, Node } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** What a network means that is none of its own. */
export type HostNetwork = 'host' | 'none'

/**
 * Returns what a network of the file stands for that is the host's own or none at all: by its driver, or by the name that
 * Docker has for it. Undefined for any other.
 */
export function hostNetwork(network: Node | undefined): HostNetwork | undefined {
  if (network?.kind !== 'map') return undefined
  return byDriver(network) ?? (textAt(network, 'external') === 'true' ? byName(network) : undefined)
}

function byDriver(network: MapNode): HostNetwork | undefined {
  const driver = textAt(network, 'driver')
  if (driver === 'host') return 'host'
  return driver === 'none' || driver === 'null' ? 'none' : undefined
}

function byName(network: MapNode): HostNetwork | undefined {
  const name = textAt(network, 'name')
  return name === 'host' || name === 'none' ? name : undefined
}
