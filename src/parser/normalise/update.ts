import { type Entry, type MapNode, type Node, withEntry } from '../document/node.ts'

/** Returns `map` with the value at `key`, where there is one, put through `change`. */
export function update(map: MapNode, key: string, change: (value: Node) => Node): MapNode {
  const value = map.entries.get(key)?.value
  if (value === undefined) return map
  const changed = change(value)
  return changed === value ? map : withEntry(map, key, changed)
}

/** Puts every map that `section` holds through `change`; anything else stays. */
export function mapEach(section: Node, change: (value: MapNode, key: string) => Node): Node {
  if (section.kind !== 'map') return section
  const entries = new Map<string, Entry>()
  for (const [key, { keySpan, value }] of section.entries) {
    entries.set(key, { keySpan, value: value.kind === 'map' ? change(value, key) : value })
  }
  return { ...section, entries }
}

/** Puts every map in a list through `change`; anything else stays. */
export function mapItems(list: Node, change: (item: MapNode) => Node): Node {
  if (list.kind !== 'list') return list
  return { ...list, items: list.items.map(item => (item.kind === 'map' ? change(item) : item)) }
}

/** Returns `map` with `key` set to `value` where it has none. */
export function withDefault(map: MapNode, key: string, value: Node): MapNode {
  return map.entries.has(key) ? map : withEntry(map, key, value)
}
