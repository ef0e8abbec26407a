/** The one key of an object that stands for a Map in JSON; its value is a list of pairs. */
const MAP_KEY = '%map'

/** Returns `value` as JSON text in which Maps survive; `undefined` fields are left out. */
export function encodeRecord(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? { [MAP_KEY]: [...inner] } : inner,
  )
}

/**
 * Reads what `encodeRecord` wrote.
 *
 * @throws {SyntaxError} If `text` is not JSON.
 */
export function decodeRecord(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) => {
    const pairs = mapPairs(inner)
    return pairs === undefined ? inner : new Map(pairs)
  })
}

function mapPairs(value: unknown): [unknown, unknown][] | undefined {
  if (typeof value !== 'object' || value === null || !(MAP_KEY in value)) return undefined
  const pairs = value[MAP_KEY]
  return Array.isArray(pairs) ? pairs : undefined
}
