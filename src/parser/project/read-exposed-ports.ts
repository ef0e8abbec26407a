import { itemsOf, type MapNode } from '../document/node.ts'

/**
 * Reads `expose` as single ports such as `6379/tcp`, sorted and without repeats; undefined if there is none. A host port
 * before a colon means nothing.
 */
export function readExposedPorts(service: MapNode): readonly string[] | undefined {
  const ports = itemsOf(service.entries.get('expose')?.value).flatMap(item =>
    item.kind === 'scalar' ? portsIn(String(item.value)) : [],
  )
  return ports.length === 0 ? undefined : [...new Set(ports)].sort()
}

function portsIn(text: string): readonly string[] {
  const [range = '', protocol = 'tcp'] = text.slice(text.indexOf(':') + 1).split('/')
  const [from = 0, to = from] = range.split('-').map(Number)
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => `${from + index}/${protocol}`)
}
