import type { PortMapping } from '../../model/network.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'

/** Reads the published ports of a service. Host port 0 and no host port both let the kernel choose. */
export function readPorts(service: MapNode): readonly PortMapping[] {
  return itemsOf(service.entries.get('ports')?.value).flatMap(item =>
    item.kind === 'map' ? [readPort(item)] : [],
  )
}

function readPort(map: MapNode): PortMapping {
  const hostIp = textAt(map, 'host_ip')
  return {
    hostIp: hostIp === '' ? undefined : hostIp,
    published: readRange(textAt(map, 'published')),
    target: numberAt(map, 'target') ?? 0,
    protocol: textAt(map, 'protocol') === 'udp' ? 'udp' : 'tcp',
  }
}

function readRange(text: string | undefined): PortMapping['published'] {
  const [first, last = first] = (text ?? '').split('-').map(Number)
  return first === undefined || last === undefined || first === 0 ? undefined : { from: first, to: last }
}
