import { familiesOf, poolFamily } from '../../model/ip-families.ts'
import type { IpamPool, Network, NetworkDriver } from '../../model/network.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { MTU_OPTION, readNetworkOptions } from './network-options.ts'
import { flagAt, textsByKey } from './read-values.ts'

/** Reads a network from its normal form. */
export function readNetwork(key: string, map: MapNode): Network {
  const driverOptions = nodeAt(map, ['driver_opts'])
  const options = readNetworkOptions(map)
  const families = {
    ...(flagAt(map, 'enable_ipv4') === false && { ipv4: false as const }),
    ...(flagAt(map, 'enable_ipv6') === true && { ipv6: true as const }),
  }
  const pools = itemsOf(nodeAt(map, ['ipam', 'config'])).flatMap(pool =>
    pool.kind === 'map' ? [readPool(pool)] : [],
  )
  return {
    key,
    name: textAt(map, 'name') ?? key,
    driver: readDriver(textAt(map, 'driver')),
    external: flagAt(map, 'external') ?? false,
    internal: flagAt(map, 'internal') ?? false,
    ...families,
    ipam: pools.filter(pool => familiesOf(families).includes(poolFamily(pool))),
    mtu: driverOptions?.kind === 'map' ? numberAt(driverOptions, MTU_OPTION) : undefined,
    ...(options && { options }),
    labels: textsByKey(map, 'labels'),
  }
}

/** A service on the network of the host, or on none, has a mode of its own and uses no network of the project. */
function readDriver(driver: string | undefined): NetworkDriver {
  return driver === 'macvlan' || driver === 'ipvlan' ? driver : 'bridge'
}

/** Reads an address pool from its normal form. */
export function readPool(map: MapNode): IpamPool {
  return {
    subnet: textAt(map, 'subnet'),
    ipRange: textAt(map, 'ip_range'),
    gateway: textAt(map, 'gateway'),
    auxAddresses: textsByKey(map, 'aux_addresses'),
  }
}
