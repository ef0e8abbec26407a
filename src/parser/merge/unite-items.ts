import type { Node } from '../document/node.ts'
import { plainValue } from '../document/plain-value.ts'
import { itemKey } from './item-key.ts'

/** The items of a list in which no two have one key, and what was replaced by something else. */
export interface UnitedItems {
  readonly items: readonly Node[]
  readonly replaced: readonly ReplacedItem[]
}

/** Two items of one list with the same key. */
export interface ReplacedItem {
  readonly key: string
  readonly earlier: Node
  readonly later: Node
}

/** Lets the later of two items with one key replace the earlier one; `pattern` is the items' path. */
export function uniteItems(items: readonly Node[], pattern: string): UnitedItems {
  if (items.length < 2) return { items, replaced: [] }
  const united: Node[] = []
  const places = new Map<string, number>()
  const replaced: ReplacedItem[] = []
  for (const later of items) {
    const key = itemKey(pattern, later)
    const place = key === undefined ? undefined : places.get(key)
    const earlier = place === undefined ? undefined : united[place]
    if (key === undefined || place === undefined || earlier === undefined) {
      if (key !== undefined) places.set(key, united.length)
      united.push(later)
      continue
    }
    united[place] = later
    if (!isSame(earlier, later)) replaced.push({ key, earlier, later })
  }
  return { items: united, replaced }
}

function isSame(a: Node, b: Node): boolean {
  return JSON.stringify(plainValue(a)) === JSON.stringify(plainValue(b))
}
