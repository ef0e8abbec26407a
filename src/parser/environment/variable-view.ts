type Variables = ReadonlyMap<string, string>

/**
 * Returns a map of variables that asks `get` for one of them, and `all` for all: a reader of one
 * variable does not depend on the others.
 */
export function variableView(get: (name: string) => string | undefined, all: () => Variables): Variables {
  return {
    get,
    has: name => get(name) !== undefined,
    get size() {
      return all().size
    },
    forEach: (callback, self) => all().forEach(callback, self),
    entries: () => all().entries(),
    keys: () => all().keys(),
    values: () => all().values(),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  }
}
