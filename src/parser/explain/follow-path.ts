import type { DocumentPath } from '../document/describe-path.ts'
import { type Entry, itemsOf, type Node } from '../document/node.ts'
import { itemKey } from '../merge/item-key.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'

/**
 * Returns what `document` has for the value at `path` of `final`, with the place of its key; none or one. Entries
 * of lists move when layers are laid over each other, so they are known by their key, or by the text behind them.
 */
export function followPath(document: Node, path: DocumentPath, final: Node): readonly Entry[] {
  let at: Position | undefined = {
    entry: { keySpan: document.span, value: document },
    target: final,
    place: rootPlace(),
  }
  for (const step of path) {
    if (at === undefined) return []
    at = typeof step === 'number' ? intoList(at, step) : intoMap(at, step)
  }
  return at === undefined ? [] : [at.entry]
}

interface Position {
  readonly entry: Entry
  /** The value at the same path of the final document. */
  readonly target: Node
  readonly place: SchemaPlace | undefined
}

function intoMap({ entry, target, place }: Position, key: string): Position | undefined {
  const below = entryAt(entry.value, key)
  const wanted = entryAt(target, key)?.value
  if (below === undefined || wanted === undefined) return undefined
  return { entry: below, target: wanted, place: place === undefined ? undefined : placeOfKey(place, key) }
}

function intoList({ entry, target, place }: Position, index: number): Position | undefined {
  const items = place === undefined ? undefined : placeOfItems(place)
  const wanted = itemsOf(target)[index]
  const below = wanted === undefined ? undefined : sameItem(entry.value, wanted, items?.pattern ?? '')
  if (below === undefined || wanted === undefined) return undefined
  return { entry: below, target: wanted, place: items }
}

function entryAt(node: Node, key: string): Entry | undefined {
  return node.kind === 'map' ? node.entries.get(key) : undefined
}

function sameItem(list: Node, wanted: Node, pattern: string): Entry | undefined {
  const key = itemKey(pattern, wanted)
  const found =
    itemsOf(list).find(item => item.span === wanted.span && itemKey(pattern, item) === key) ??
    itemsOf(list).find(item => key !== undefined && itemKey(pattern, item) === key)
  return found === undefined ? undefined : { keySpan: found.span, value: found }
}
