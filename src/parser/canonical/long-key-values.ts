import { type Entry, type MapNode, type Node, scalarAt } from '../document/node.ts'
import { plainNumberText } from '../document/plain-scalar.ts'
import { splitTemplate } from '../interpolate/split-template.ts'

/**
 * Brings a map, or a list of `KEY=VALUE`, to a map from key to text; a key without a value becomes null. In a list
 * the last of two equal keys wins.
 */
export function longKeyValues(node: Node): Node {
  if (node.kind === 'list') return fromList(node.items, node)
  return node.kind === 'map' ? fromMap(node) : node
}

/** Does the same where a key without a value has an empty text. */
export function longLabels(node: Node): Node {
  const long = longKeyValues(node)
  if (long.kind !== 'map') return long
  const entries = [...long.entries].map(
    ([key, { keySpan, value }]) => [key, { keySpan, value: orEmpty(value) }] as const,
  )
  return { ...long, entries: new Map(entries) }
}

function orEmpty(node: Node): Node {
  return node.kind === 'scalar' && node.value === null ? { ...node, value: '' } : node
}

function fromList(items: readonly Node[], at: Node): MapNode {
  const entries = new Map<string, Entry>()
  for (const item of items) {
    if (item.kind !== 'scalar') continue
    const text = String(item.value)
    const key = splitTemplate(text, '=')[0] ?? text
    const value = scalarAt(item, key === text ? null : text.slice(key.length + 1))
    entries.set(key, { keySpan: item.span, value })
  }
  return { kind: 'map', entries, span: at.span }
}

function fromMap(map: MapNode): MapNode {
  const entries = new Map<string, Entry>()
  for (const [key, { keySpan, value }] of map.entries) entries.set(key, { keySpan, value: asText(value) })
  return { ...map, entries }
}

function asText(node: Node): Node {
  if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'string') return node
  return { ...node, value: typeof node.value === 'number' ? plainNumberText(node.raw) : String(node.value) }
}
