import { variableView } from './variable-view.ts'

type Variables = ReadonlyMap<string, string>

/**
 * Returns the variables of all `layers`; an earlier one hides those of the same name in later ones. It is a view: a
 * lookup asks the layers, so that what asks for one variable does not depend on all of them.
 */
export function overlayVariables(...layers: readonly Variables[]): Variables {
  const get = (name: string): string | undefined => {
    for (const layer of layers) {
      const value = layer.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
  return variableView(get, () => new Map(layers.toReversed().flatMap(layer => [...layer])))
}
