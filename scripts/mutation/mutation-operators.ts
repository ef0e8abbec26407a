import { childAt, childrenAt, type SyntaxNode } from './syntax-node.ts'

/** A part of a file's text, and its replacement in a mutant. */
export interface Replacement {
  readonly operator: string
  readonly start: number
  readonly end: number
  readonly text: string
}

type Operator = (node: SyntaxNode, text: string) => readonly Replacement[]

/** Returns the replacements of `node`, or of a part of it, in mutants. */
export function replacementsOf(node: SyntaxNode, text: string): readonly Replacement[] {
  return OPERATORS[node.type]?.(node, text) ?? []
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  IfStatement: negateTest,
  ConditionalExpression: negateTest,
  WhileStatement: negateTest,
  ExpressionStatement: dropStatement,
  ThrowStatement: dropStatement,
  BinaryExpression: replaceComparison,
  LogicalExpression: swapLogical,
  CallExpression: dropCall,
  Literal: replaceLiteral,
  FunctionDeclaration: returnEarly,
  FunctionExpression: returnEarly,
  ArrowFunctionExpression: returnEarly,
}

function sourceOf({ start, end }: SyntaxNode, text: string): string {
  return text.slice(start, end)
}

function replace(operator: string, { start, end }: SyntaxNode, text: string): Replacement {
  return { operator, start, end, text }
}

function negateTest(node: SyntaxNode, text: string): readonly Replacement[] {
  const test = childAt(node, 'test')
  return test === undefined ? [] : [replace('negate', test, `!(${sourceOf(test, text)})`)]
}

/** A block and not nothing: the statement may be all that an `if` has. */
function dropStatement(node: SyntaxNode): readonly Replacement[] {
  const isDirective = typeof node['directive'] === 'string'
  return isDirective ? [] : [replace('drop', node, '{}')]
}

const COMPARISONS: ReadonlyMap<unknown, string> = new Map([
  ['===', '!=='],
  ['!==', '==='],
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
])

function replaceComparison(node: SyntaxNode, text: string): readonly Replacement[] {
  return rejoin(node, { operator: 'compare', joint: COMPARISONS.get(node['operator']), text })
}

const LOGICAL: ReadonlyMap<unknown, string> = new Map([
  ['&&', '||'],
  ['||', '&&'],
  ['??', '&&'],
])

function swapLogical(node: SyntaxNode, text: string): readonly Replacement[] {
  return rejoin(node, { operator: 'logical', joint: LOGICAL.get(node['operator']), text })
}

interface Rejoining {
  readonly operator: string
  readonly joint: string | undefined
  readonly text: string
}

function rejoin(node: SyntaxNode, { operator, joint, text }: Rejoining): readonly Replacement[] {
  const left = childAt(node, 'left')
  const right = childAt(node, 'right')
  if (joint === undefined || left === undefined || right === undefined) return []
  return [replace(operator, node, `((${sourceOf(left, text)}) ${joint} (${sourceOf(right, text)}))`)]
}

const NARROWING: ReadonlySet<unknown> = new Set([
  ...['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice', 'trim', 'catch', 'finally'],
])

/** Leaves out the call of a method that returns something like what it is called on. */
function dropCall(node: SyntaxNode, text: string): readonly Replacement[] {
  const callee = childAt(node, 'callee')
  if (callee?.type !== 'MemberExpression') return []
  const object = childAt(callee, 'object')
  const name = childAt(callee, 'property')?.['name']
  if (object === undefined || !NARROWING.has(name)) return []
  return [replace('drop-call', node, sourceOf(object, text))]
}

/** Strings with spaces are prose and stay as they are. */
function replaceLiteral(node: SyntaxNode): readonly Replacement[] {
  const { value } = node
  if (typeof value === 'boolean') return [replace('literal', node, String(!value))]
  if (typeof value === 'number') return [replace('literal', node, String(value + 1))]
  if (typeof value !== 'string' || value.includes(' ')) return []
  return [replace('literal', node, value === '' ? "'mutant'" : "''")]
}

/** A body of one `return` is left to the other operators. */
function returnEarly(node: SyntaxNode): readonly Replacement[] {
  const body = childAt(node, 'body')
  if (body?.type !== 'BlockStatement') return []
  const [first, ...rest] = childrenAt(body, 'body')
  if (first === undefined || (first.type === 'ReturnStatement' && rest.length === 0)) return []
  return [{ operator: 'return', start: first.start, end: first.start, text: 'return; ' }]
}
