import { type Bytes, parseBytes } from '../../base/bytes.ts'
import { type Millis, parseMillis } from '../../base/millis.ts'
import { itemsOf, type MapNode, type Node, nodeAt } from '../document/node.ts'
import { entriesAt, textAt } from '../rules/rule-context.ts'

/** Returns the truth value at `key`. */
export function flagAt(map: MapNode, key: string): boolean | undefined {
  const value = map.entries.get(key)?.value
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined
}

/** Returns the scalars of the list at `key` as text, or undefined if there is no list. */
export function listAtKey(map: MapNode, key: string): readonly string[] | undefined {
  const list = map.entries.get(key)?.value
  return list?.kind === 'list' ? textsOf(list) : undefined
}

/** Returns the scalars of `list` as text. */
export function textsOf(list: Node | undefined): readonly string[] {
  return itemsOf(list).flatMap(item => (item.kind === 'scalar' ? [String(item.value ?? '')] : []))
}

/** Returns the map at `key` with text for values; null is the empty text. */
export function textsByKey(map: MapNode, key: string): ReadonlyMap<string, string> {
  return new Map(
    [...entriesAt(map, key)].flatMap(([name, { value }]) =>
      value.kind === 'scalar' ? [[name, String(value.value ?? '')] as const] : [],
    ),
  )
}

/** Returns the map at `path`, or an empty one. */
export function mapAtPath(map: MapNode, path: readonly string[]): MapNode {
  const node = nodeAt(map, path)
  return node?.kind === 'map' ? node : { kind: 'map', entries: new Map(), span: map.span }
}

/** Returns the size at `key`; 0 means none. */
export function bytesAt(map: MapNode, key: string): Bytes | undefined {
  const text = textAt(map, key)
  return text === undefined || text === '0' || text === '-1' ? undefined : parseBytes(text)
}

/** Returns the span of time at `key`. */
export function millisAt(map: MapNode, key: string): Millis | undefined {
  const text = textAt(map, key)
  return text === undefined ? undefined : parseMillis(text)
}
