import { isObject } from '../../base/json-reader.ts'

/** Returns `value` as JSON in which the keys of each object are sorted, so that equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sortedKeys(inner) : inner))
}

/** Keys that are whole numbers come first in every object of JavaScript, in their order. */
function sortedKeys(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
