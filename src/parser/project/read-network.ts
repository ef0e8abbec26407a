import type { IpamPool, Network } from '../../model/network.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { flagAt, textsByKey } from './read-values.ts'

/** Reads a network from its normal form. */
export function readNetwork(key: string, map: MapNode): Network {
  const options = nodeAt(map, ['driver_opts'])
  return {
    key,
    name: textAt(map, 'name') ?? key,
    driver: 'bridge',
    external: flagAt(map, 'external') ?? false,
    internal: flagAt(map, 'internal') ?? false,
    ipam: itemsOf(nodeAt(map, ['ipam', 'config'])).flatMap(pool =>
      pool.kind === 'map' ? [readPool(pool)] : [],
    ),
    mtu: options?.kind === 'map' ? numberAt(options, 'com.docker.network.driver.mtu') : undefined,
    labels: textsByKey(map, 'labels'),
  }
}

function readPool(map: MapNode): IpamPool {
  return {
    subnet: textAt(map, 'subnet'),
    ipRange: textAt(map, 'ip_range'),
    gateway: textAt(map, 'gateway'),
    auxAddresses: textsByKey(map, 'aux_addresses'),
  }
}
