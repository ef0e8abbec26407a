import { parseAst } from 'vitest/node'
import { lineAt } from '../rules/source-file.ts'
import { type Replacement, replacementsOf } from './mutation-operators.ts'
import { childAt, isNode, type SyntaxNode } from './syntax-node.ts'

/** A file with one small mistake. */
export interface Mutant {
  /** Relative to the checkout. */
  readonly path: string
  readonly line: number
  /** Which kind of mistake. */
  readonly operator: string
  /** The original text, and its replacement. */
  readonly before: string
  readonly after: string
  /** The whole file with it. */
  readonly text: string
}

/** Returns the mutants of a TypeScript file, in the order of their positions. */
export function findMutants(path: string, text: string): readonly Mutant[] {
  const program: unknown = parseAst(text, { lang: 'ts' })
  if (!isNode(program)) throw new Error(`Cannot read ${path}: the parser gives no tree`)
  return replacementsBelow(program, text)
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map(replacement => toMutant({ path, text }, replacement))
}

function replacementsBelow(node: SyntaxNode, text: string): readonly Replacement[] {
  const below = runningParts(node).flatMap(child => replacementsBelow(child, text))
  return [...replacementsOf(node, text), ...below]
}

/** Imports name files, and types are gone when the program runs. */
function runningParts(node: SyntaxNode): readonly SyntaxNode[] {
  if (IMPORTS.has(node.type)) return []
  if (node.type.startsWith('TS')) return [childAt(node, 'expression')].filter(isNode)
  return Object.keys(node)
    .filter(field => !isName(node, field))
    .flatMap(field => node[field])
    .filter(isNode)
    .filter(part => !isWord(part, node))
}

/** The compiler finds a wrong word of a union where it is compared or is the `kind` of a value. */
function isWord(part: SyntaxNode, node: SyntaxNode): boolean {
  if (part.type !== 'Literal' || typeof part['value'] !== 'string') return false
  if (node.type === 'BinaryExpression' || node.type === 'SwitchCase') return true
  return node.type === 'Property' && childAt(node, 'key')?.['name'] === 'kind'
}

const IMPORTS: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
])

function isName(node: SyntaxNode, field: string): boolean {
  if (field === 'source') return true
  return field === 'key' && node['computed'] !== true
}

function toMutant(file: Pick<Mutant, 'path' | 'text'>, replacement: Replacement): Mutant {
  const { operator, start, end, text: after } = replacement
  return {
    path: file.path,
    line: lineAt(file.text, start),
    operator,
    before: file.text.slice(start, end),
    after,
    text: file.text.slice(0, start) + after + file.text.slice(end),
  }
}
