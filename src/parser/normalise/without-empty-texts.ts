import type { Entry, MapNode, Node } from '../document/node.ts'
import type { KeyPattern } from '../generated/compose-types.ts'
import { allowedTypes, placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'

/**
 * Takes out attributes whose text is empty: as in compose-go, whose fields are left out where empty, a `user:` made of
 * an unset variable says nothing, so that the image's counts. Names of the user's choice keep their empty values
 * (`environment`, `labels`, options of drivers), and so do entries of lists.
 */
export function withoutEmptyTexts(document: MapNode): MapNode {
  return withoutEmptyIn(document, rootPlace())
}

/** Empty, these say something: no text at all. */
const CONTENTS: ReadonlySet<string> = new Set<KeyPattern>(['configs.*.content', 'services.*.container_name'])

function withoutEmptyIn(map: MapNode, place: SchemaPlace): MapNode {
  let entries: Map<string, Entry> | undefined
  for (const [key, entry] of map.entries) {
    const child = placeOfKey(place, key)
    if (child === undefined || isOnlyImage(map, child)) continue
    const value = isEmptyAttribute(entry.value, child) ? undefined : cleaned(entry.value, child)
    if (value === entry.value) continue
    entries ??= new Map(map.entries)
    if (value === undefined) entries.delete(key)
    else entries.set(key, { keySpan: entry.keySpan, value })
  }
  return entries === undefined ? map : { ...map, entries }
}

/** An empty image with nothing to build is a mistake of its own. */
function isOnlyImage(service: MapNode, { pattern }: SchemaPlace): boolean {
  return pattern === 'services.*.image' && !service.entries.has('build')
}

function cleaned(node: Node, place: SchemaPlace): Node {
  if (node.kind === 'map') return withoutEmptyIn(node, place)
  const items = node.kind === 'list' ? placeOfItems(place) : undefined
  if (node.kind !== 'list' || items === undefined) return node
  const changed = node.items.map(item => (item.kind === 'map' ? withoutEmptyIn(item, items) : item))
  return changed.every((item, index) => item === node.items[index]) ? node : { ...node, items: changed }
}

function isEmptyAttribute(node: Node, { kind, pattern, ...place }: SchemaPlace): boolean {
  if (node.kind !== 'scalar' || node.value !== '') return false
  const isNamed = pattern.endsWith('.*')
  const isText = kind === undefined && allowedTypes({ kind, pattern, ...place }).includes('string')
  return isText && !isNamed && !CONTENTS.has(pattern)
}
