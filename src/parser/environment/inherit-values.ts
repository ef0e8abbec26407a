import { type Entry, type Node, scalarAt } from '../document/node.ts'

/** Gives names without a value in the map `values` that of the variable of the same name, where there is one. */
export function inheritValues(values: Node, variables: ReadonlyMap<string, string>): Node {
  if (values.kind !== 'map') return values
  let entries: Map<string, Entry> | undefined
  for (const [name, { keySpan, value }] of values.entries) {
    const inherited = variables.get(name)
    if (value.kind !== 'scalar' || value.value !== null || inherited === undefined) continue
    entries ??= new Map(values.entries)
    entries.set(name, { keySpan, value: scalarAt(value, inherited) })
  }
  return entries === undefined ? values : { ...values, entries }
}
