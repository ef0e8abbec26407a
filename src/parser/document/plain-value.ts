import type { Node, ScalarValue } from './node.ts'

/** A document without places: what JSON can say. */
export type PlainValue = ScalarValue | readonly PlainValue[] | { readonly [key: string]: PlainValue }

/** Drops the places of `node`. What `!reset` removes is left out. */
export function plainValue(node: Node): PlainValue {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.filter(item => item.directive !== 'reset').map(plainValue)
  const plain: { [key: string]: PlainValue } = Object.create(null)
  for (const [key, { value }] of node.entries) if (value.directive !== 'reset') plain[key] = plainValue(value)
  return plain
}
