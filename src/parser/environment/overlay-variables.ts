type Variables = ReadonlyMap<string, string>

/**
 * Returns the variables of all `layers`; an earlier one hides those of the same name in later ones. It is a view: a
 * lookup asks the layers, so that what asks for one variable does not depend on all of them.
 */
export function overlayVariables(...layers: readonly Variables[]): Variables {
  const all = (): Variables => new Map(layers.toReversed().flatMap(layer => [...layer]))
  const get = (name: string): string | undefined => {
    for (const layer of layers) {
      const value = layer.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
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
