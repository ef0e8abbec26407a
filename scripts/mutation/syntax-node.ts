/** A node of the parser's ESTree. Its other fields depend on `type`. */
export interface SyntaxNode {
  readonly type: string
  /** Where it begins in the text, and where it ends. */
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Returns the node in a field of `node`; undefined if there is none. */
export function childAt(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** Returns the nodes of a field of `node` that holds a list. */
export function childrenAt(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** Returns whether a value of the tree is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
