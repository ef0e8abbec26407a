/** Freezes `value` and all within it; a Map or Set that is frozen throws when it is changed. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) freezeMap(value)
  if (value instanceof Set) freezeSet(value)
  Object.freeze(value)
  for (const item of Object.values(value)) deepFreeze(item)
  return value
}

function freezeMap(map: Map<unknown, unknown>): void {
  for (const [key, item] of map) deepFreeze([key, item])
  map.set = refuse
  map.delete = refuse
  map.clear = refuse
}

function freezeSet(set: Set<unknown>): void {
  for (const item of set) deepFreeze(item)
  set.add = refuse
  set.delete = refuse
  set.clear = refuse
}

function refuse(): never {
  throw new TypeError('Cannot change a frozen collection')
}
