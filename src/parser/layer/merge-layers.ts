import type { Diagnostic } from '../../base/diagnostic.ts'
import { type Entry, entriesOf, type MapNode, withEntry } from '../document/node.ts'
import { resolveExtends } from '../extends/resolve-extends.ts'
import { includeProjects } from '../include/include-projects.ts'
import { mergeDocuments, settleDirectives } from '../merge/merge-documents.ts'
import { withoutNulls } from '../merge/without-nulls.ts'
import type { SchemaAspect } from '../schema/check-schema.ts'
import { type Layer, type Layers, NO_LAYERS } from './layer.ts'
import type { LayerScope } from './layer-scope.ts'
import type { LoadSession } from './load-session.ts'
import { interpolateIn, prepareDocument } from './prepare-document.ts'
import type { SourceDocument } from './read-documents.ts'

/**
 * Lays the documents of one project over each other, in order. Each brings what it includes below itself, and its
 * services what they extend. Keys that are required are checked for only where `documents` are the whole project.
 */
export function mergeLayers(
  documents: readonly SourceDocument[],
  scope: LayerScope,
  session: LoadSession,
): Layers {
  const aspects: readonly SchemaAspect[] = isWhole(documents, scope)
    ? ['structure', 'required']
    : ['structure']
  return documents.reduce<Layers>((below, source) => {
    session.findings.structure.push(...obsoleteVersion(source.document.entries.get('version')))
    const interpolated = interpolateIn(source.document, scope, session)
    const document = below.tree === undefined ? interpolated : withoutNulls(interpolated, below.tree)
    const prepared = prepareDocument(document, aspects, { scope, session })
    const role = roleOf(scope, below)
    return layOver(below, complete({ ...source, document: prepared }, role, { scope, session }), session)
  }, NO_LAYERS)
}

/** Tells whether `documents` are one complete tree, with nothing to come from elsewhere. */
export function isWhole(documents: readonly SourceDocument[], { references }: LayerScope): boolean {
  const [first, ...others] = documents
  if (first === undefined || others.length > 0 || references.length > 0) return false
  const { entries } = first.document
  if (entries.has('include')) return false
  const services = [...entriesOf(entries.get('services')?.value).values()]
  return !services.some(({ value }) => entriesOf(value).has('extends'))
}

function roleOf({ references }: LayerScope, below: Layers): Layer['role'] {
  if (references.length > 0) return 'include'
  return below.tree === undefined ? 'base' : 'override'
}

interface Place {
  readonly scope: LayerScope
  readonly session: LoadSession
}

/** Puts what the document includes below it, then what its services extend. */
function complete(source: SourceDocument, role: Layer['role'], { scope, session }: Place): Layers {
  const included = includeProjects(source.document, { scope, session, mergeLayers })
  const document = withEntry(source.document, 'include', undefined)
  const tree = included.tree === undefined ? document : merged(included.tree, document, session)
  const extended = resolveExtends({ ...source, document: tree }, scope, session)
  const { references, environment } = scope
  const own: Layer = { role, document: source.document, references, environment }
  return { tree: extended.tree, layers: [...extended.layers, ...included.layers, own] }
}

function merged(base: MapNode, override: MapNode, session: LoadSession): MapNode {
  const result = mergeDocuments(base, override, 'keep')
  session.findings.merging.push(...result.diagnostics)
  return result.document
}

function layOver(below: Layers, above: Layers, session: LoadSession): Layers {
  const layers = [...below.layers, ...above.layers]
  if (above.tree === undefined) return { tree: below.tree, layers }
  if (below.tree === undefined) return { tree: settleDirectives(above.tree), layers }
  const result = mergeDocuments(below.tree, above.tree)
  session.findings.merging.push(...result.diagnostics)
  return { tree: result.document, layers }
}

function obsoleteVersion(entry: Entry | undefined): readonly Diagnostic[] {
  if (entry === undefined) return []
  const message = 'Key "version" is obsolete, so it is ignored'
  return [
    { severity: 'warning', code: 'obsolete-key', message, span: entry.keySpan, hint: 'Remove the line' },
  ]
}
