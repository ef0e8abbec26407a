import { type ModelPath, servicePath } from '../../base/model-path.ts'
import type { PortMapping, Protocol } from '../../model/network.ts'
import { canonicalAddress } from '../address/canonical-address.ts'
import { type Entry, itemsOf, type MapNode } from '../document/node.ts'
import { entriesAt, numberAt, textAt } from '../rules/rule-context.ts'

/**
 * Reads the published ports of the service `name`, which it has on networks of its own alone that the host leads to; `networks`
 * are those of the file, by key. Host port 0 and no host port both let the kernel choose.
 */
export function readPorts(
  service: MapNode,
  name: string,
  networks: ReadonlyMap<string, Entry>,
): readonly PortMapping[] {
  if (!hasOwnNetworks(textAt(service, 'network_mode')) || isOnWire(service, networks)) return []
  return itemsOf(service.entries.get('ports')?.value).flatMap((item, index) =>
    item.kind === 'map' ? [readPort(item, servicePath(name, 'ports', index))] : [],
  )
}

/** Tells whether the interfaces of a service hang on those of the host, which does not reach it then. */
export function isOnWire(service: MapNode, networks: ReadonlyMap<string, Entry>): boolean {
  const drivers = [...entriesAt(service, 'networks').keys()].map(key => {
    const network = networks.get(key)?.value
    return network?.kind === 'map' ? textAt(network, 'driver') : undefined
  })
  return drivers.length > 0 && drivers.every(driver => driver === 'macvlan' || driver === 'ipvlan')
}

function hasOwnNetworks(mode: string | undefined): boolean {
  return mode !== 'host' && mode !== 'none' && mode?.startsWith('service:') !== true
}

function readPort(map: MapNode, origin: ModelPath): PortMapping {
  const hostIp = textAt(map, 'host_ip')
  return {
    hostIp: hostIp === undefined || hostIp === '' ? undefined : canonicalAddress(hostIp),
    published: readRange(textAt(map, 'published')),
    target: numberAt(map, 'target') ?? 0,
    protocol: readProtocol(textAt(map, 'protocol')),
    origin,
  }
}

function readProtocol(text: string | undefined): Protocol {
  return text === 'udp' || text === 'sctp' ? text : 'tcp'
}

function readRange(text: string | undefined): PortMapping['published'] {
  const [first, last = first] = (text ?? '').split('-').map(Number)
  return first === undefined || last === undefined || first === 0 ? undefined : { from: first, to: last }
}
