import type { SourceSpan } from '../../base/source-span.ts'
import type { MapNode, Node } from '../document/node.ts'

/** Returns the place of every value: of scalars and list items the text itself, of maps and lists their key. */
export function collectOrigins(document: MapNode): ReadonlyMap<string, SourceSpan> {
  const origins = new Map<string, SourceSpan>()
  collectMap(document, '', origins)
  return origins
}

function collect(node: Node, path: string, origins: Map<string, SourceSpan>): void {
  if (node.kind === 'map') collectMap(node, `${path}.`, origins)
  if (node.kind !== 'list') return
  node.items.forEach((item, index) => {
    origins.set(`${path}.${index}`, item.span)
    collect(item, `${path}.${index}`, origins)
  })
}

function collectMap(map: MapNode, prefix: string, origins: Map<string, SourceSpan>): void {
  for (const [key, { keySpan, value }] of map.entries) {
    const path = `${prefix}${key}`
    origins.set(path, value.kind === 'scalar' ? value.span : keySpan)
    collect(value, path, origins)
  }
}
