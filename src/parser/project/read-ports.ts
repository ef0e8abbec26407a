import { type ModelPath, servicePath } from '../../base/model-path.ts'
import type { PortMapping, Protocol } from '../../model/network.ts'
import { canonicalAddress } from '../address/canonical-address.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'

/**
 * Reads the published ports of the service `name`, which it has on networks of its own alone. Host port 0 and no host port both let
 * the kernel choose.
 */
export function readPorts(service: MapNode, name: string): readonly PortMapping[] {
  if (!hasOwnNetworks(textAt(service, 'network_mode'))) return []
  return itemsOf(service.entries.get('ports')?.value).flatMap((item, index) =>
    item.kind === 'map' ? [readPort(item, servicePath(name, 'ports', index))] : [],
  )
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
