import type { Checked, Diagnostic } from '../base/diagnostic.ts'
import { servicePath } from '../base/model-path.ts'
import { nearest } from '../base/nearest.ts'
import { type DocumentPath, dottedPath } from '../parser/document/describe-path.ts'
import { type Node, nodeAt } from '../parser/document/node.ts'
import { type PlainValue, plainValue } from '../parser/document/plain-value.ts'
import { explainValue } from '../parser/explain/explain-value.ts'
import { type ExplainedUse, explainVariable as explainUse } from '../parser/explain/explain-variable.ts'
import { findPath } from '../parser/explain/find-path.ts'
import type { ProvenanceStep } from '../parser/explain/provenance-step.ts'
import type { ComposeDocument } from '../parser/load-compose-document.ts'
import type { AppContext } from './app-context.ts'
import { toLoadRequest } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Where values of a file come from. */
export type ExplainedValues =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** Nothing is at the path; `near` is a similar one. */
  | { readonly kind: 'not-found'; readonly near: string | undefined }
  | { readonly kind: 'explained'; readonly values: readonly ExplainedValue[] }

/** A single value, as it is in the canonical form, and what it went through. */
export interface ExplainedValue {
  /** E.g. `services.web.ports[0].target`. */
  readonly path: string
  readonly value: PlainValue
  readonly steps: readonly ProvenanceStep[]
}

/** What is known about a variable. */
export type ExplainedVariable =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'explained'; readonly use: ExplainedUse }

/** Describes where values come from; `text` may leave out `services.` at its beginning. */
export async function explainValues(
  context: AppContext,
  request: ProjectRequest,
  text: string | undefined,
): Promise<ExplainedValues> {
  const { value: loaded, diagnostics } = await load(context, request)
  if (loaded === undefined) return { kind: 'invalid', diagnostics }
  const { document } = loaded
  const path = findPath(document, text ?? '') ?? findPath(document, servicePath(text ?? ''))
  const root = path === undefined ? undefined : nodeAt(document, path)
  if (path === undefined || root === undefined) {
    const places = [...placesIn(document, [])].map(dottedPath)
    return {
      kind: 'not-found',
      near: [...nearest(text ?? '', places), ...nearest(servicePath(text ?? ''), places)][0],
    }
  }
  const values = [...singleValues(root, path)].map(([at, node]) => ({
    path: dottedPath(at),
    value: plainValue(node),
    steps: explainValue(loaded, at),
  }))
  return { kind: 'explained', values }
}

/** Describes the variable `name`. */
export async function explainVariable(
  context: AppContext,
  request: ProjectRequest,
  name: string,
): Promise<ExplainedVariable> {
  const { value, diagnostics } = await load(context, request)
  if (value === undefined) return { kind: 'invalid', diagnostics }
  return { kind: 'explained', use: explainUse(value, name) }
}

async function load(context: AppContext, request: ProjectRequest): Promise<Checked<ComposeDocument>> {
  const { loadDocument } = await import('./load/load-document.ts')
  return await loadDocument(toLoadRequest(context, request), context)
}

function* childrenOf(
  node: Node,
  path: DocumentPath,
): Generator<readonly [DocumentPath, Node], void, undefined> {
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield [[...path, index], item]
  } else if (node.kind === 'map') {
    for (const [key, { value }] of node.entries) yield [[...path, key], value]
  }
}

/** The values that hold no others. */
function* singleValues(
  node: Node,
  path: DocumentPath,
): Generator<readonly [DocumentPath, Node], void, undefined> {
  const children = [...childrenOf(node, path)]
  if (children.length === 0) yield [path, node]
  for (const [below, child] of children) yield* singleValues(child, below)
}

function* placesIn(node: Node, path: DocumentPath): Generator<DocumentPath, void, undefined> {
  for (const [below, child] of childrenOf(node, path)) {
    yield below
    yield* placesIn(child, below)
  }
}
