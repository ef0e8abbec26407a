/**
 * Returns JSON that is the same for equal values: keys are sorted, a Map is the list of its entries sorted by key,
 * and a property that is undefined is left out. Within a list or a Map, undefined is null, for there its place counts.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value)) ?? 'null'
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (value instanceof Map) return sortedByKey([...value]).map(([key, item]) => [key, canonical(item)])
  if (value instanceof Set) return [...value].sort().map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(sortedByKey(entries).map(([key, item]) => [key, canonical(item)]))
}

function sortedByKey<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => compareText(a, b))
}

/** Orders by UTF-16 code unit, which no locale changes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
