/** The one key of an object that represents a Map in JSON; its value is a list of entries. */
const MAP_KEY = '%map'

/**
 * Returns `value` as JSON text in which Maps survive, values that are undefined included; `undefined` fields of objects
 * are left out.
 */
export function encodeRecord(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? { [MAP_KEY]: [...inner].map(toEntry) } : inner,
  )
}

/**
 * Reads what `encodeRecord` wrote. The Maps are put in by a walk over the parsed tree: a reviver, which JSON.parse()
 * calls for each value, takes five times as long.
 *
 * @throws {SyntaxError} If `text` is not JSON.
 */
export function decodeRecord(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return isTree(value) ? withMaps(value) : value
}

/** JSON has no undefined: an entry without a value represents it. */
function toEntry([key, value]: readonly [unknown, unknown]): readonly unknown[] {
  return value === undefined ? [key] : [key, value]
}

type Tree = unknown[] | { [key: string]: unknown }

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

/** Puts Maps into `tree`, which JSON.parse() made, in place; a tree that represents a Map itself is replaced. */
function withMaps(tree: Tree): unknown {
  if (Array.isArray(tree)) return withMapsInList(tree)
  const entries = tree[MAP_KEY]
  if (Array.isArray(entries)) return new Map(withMapsInList(entries))
  for (const key in tree) {
    const inner = tree[key]
    if (isTree(inner)) tree[key] = withMaps(inner)
  }
  return tree
}

function withMapsInList<T>(list: T[]): T[]
function withMapsInList(list: unknown[]): unknown[] {
  for (let index = 0; index < list.length; index += 1) {
    const inner = list[index]
    if (isTree(inner)) list[index] = withMaps(inner)
  }
  return list
}
