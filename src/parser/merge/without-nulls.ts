import type { Entry, MapNode, Node } from '../document/node.ts'
import { allowedTypes, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'

/**
 * Drops the keys without a value from `override`, where `base` has a value that such a key leaves as it is. Where null
 * is a value of its own, as for a command, it stays.
 */
export function withoutNulls(override: MapNode, base: MapNode): MapNode {
  return withoutNullsIn(override, base, rootPlace())
}

function withoutNullsIn(override: MapNode, base: MapNode, place: SchemaPlace): MapNode {
  const entries = new Map<string, Entry>()
  for (const [key, entry] of override.entries) {
    const below = base.entries.get(key)?.value
    const child = placeOfKey(place, key)
    if (below === undefined || child === undefined) entries.set(key, entry)
    else if (!isSilentNull(entry.value, child)) {
      const { keySpan, value } = entry
      const isMap = value.kind === 'map' && below.kind === 'map'
      entries.set(key, { keySpan, value: isMap ? withoutNullsIn(value, below, child) : value })
    }
  }
  return { ...override, entries }
}

function isSilentNull(node: Node, place: SchemaPlace): boolean {
  if (node.kind !== 'scalar' || node.value !== null || node.directive !== undefined) return false
  const types = allowedTypes(place)
  return types.length > 0 && !types.includes('null')
}
