import type { SourceSpan } from '../../base/source-span.ts'
import { type Entry, itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { plainValue } from '../document/plain-value.ts'
import { type Layers, NO_LAYERS } from '../layer/layer.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import type { LoadSession } from '../layer/load-session.ts'
import { readDocuments, type SourceDocument } from '../layer/read-documents.ts'
import { isRemoteAddress } from '../locate/is-remote-address.ts'
import type { LocatedFile } from '../locate/located-file.ts'
import { remoteFiles } from '../locate/remote-files.ts'
import { displayName, displayPath, parentFolder, resolvePath } from '../locate/resolve-path.ts'
import { mergeDocuments } from '../merge/merge-documents.ts'
import { update } from '../normalise/update.ts'
import { entriesAt, errorAt, textAt, valueAt } from '../rules/rule-context.ts'
import { completeIncluded } from './complete-included.ts'
import { includeEnvironment } from './include-environment.ts'

/** What `include` needs beside the document: who includes, and how documents are merged. */
export interface IncludeTask {
  readonly scope: LayerScope
  readonly session: LoadSession
  readonly mergeLayers: (
    documents: readonly SourceDocument[],
    scope: LayerScope,
    session: LoadSession,
  ) => Layers
}

/**
 * Loads the projects that `document`, in canonical form, includes. Of two that declare the same thing the earlier one
 * lies over the later one.
 */
export function includeProjects(document: MapNode, task: IncludeTask): Layers {
  const items = itemsOf(valueAt(document, 'include')).toReversed()
  return items.reduce<Layers>((below, item) => {
    if (item.kind !== 'map') return below
    const included = includeProject(item, task)
    if (included.tree === undefined) return below
    const tree = below.tree === undefined ? included.tree : joined(below.tree, included.tree, task)
    return { tree, layers: [...below.layers, ...included.layers] }
  }, NO_LAYERS)
}

function includeProject(item: MapNode, task: IncludeTask): Layers {
  const { scope, session } = task
  const files = itemsOf(valueAt(item, 'path')).flatMap(path => includedFile(path, task))
  const [main] = files
  if (main === undefined || isCircle(files, task)) return NO_LAYERS
  const folder = textAt(item, 'project_directory')
  const base = {
    ...scope.base,
    folder:
      folder === undefined
        ? parentFolder(main.path)
        : resolvePath(scope.base.folder, folder, scope.base.home),
  }
  const inner: LayerScope = {
    base,
    environment: includeEnvironment(item, base, { scope, session }),
    references: [...scope.references, { kind: 'include', target: main.name, span: main.span }],
    trail: [...scope.trail, ...files.map(({ path }) => path)],
  }
  const documents = files.flatMap(file => readDocuments(file, session, file.span))
  const { tree, layers } = task.mergeLayers(documents, inner, session)
  return { tree: tree === undefined ? undefined : completeIncluded(tree, inner, task), layers }
}

interface IncludedFile extends LocatedFile {
  readonly path: Exclude<LocatedFile['path'], '-'>
  readonly span: SourceSpan
}

function includedFile(node: Node, { scope, session }: IncludeTask): readonly IncludedFile[] {
  const text = stringOf(node)
  if (text === undefined) return []
  if (isRemoteAddress(text)) {
    const found = remoteFiles(text, session.ports, node.span)
    session.findings.reading.push(...found.diagnostics)
    return (found.value ?? []).map(file => ({ ...file, span: node.span }))
  }
  const path = resolvePath(scope.base.folder, text, scope.base.home)
  return [{ path, name: displayPath(session.request.workingDirectory, path), span: node.span }]
}

/** Longer chains are circles too: through a link a folder holds itself under ever longer names. */
const MAX_DEPTH = 64

function isCircle(files: readonly IncludedFile[], { scope, session }: IncludeTask): boolean {
  const closing = files.find(({ path }) => scope.trail.includes(path))
  const at = closing ?? (scope.references.length >= MAX_DEPTH ? files[0] : undefined)
  if (at === undefined) return false
  const from = scope.trail.indexOf(at.path)
  const circle = [...scope.trail.slice(from === -1 ? -4 : from), at.path]
  const names = circle.map(path => displayName(session.request.workingDirectory, path))
  session.findings.reading.push(
    errorAt(at, 'reference-cycle', {
      message: `Files include each other in a circle: ${names.join(' -> ')}`,
      hint: 'Remove one of these includes',
    }),
  )
  return true
}

/** What both declare alike is one thing: two includes may share a third. */
function joined(base: MapNode, override: MapNode, { session }: IncludeTask): MapNode {
  const different = [...override.entries.keys()].reduce(
    (tree, section) => update(tree, section, resources => withoutSame(resources, entriesAt(base, section))),
    override,
  )
  const result = mergeDocuments(base, different)
  session.findings.merging.push(...result.diagnostics)
  return result.document
}

function withoutSame(resources: Node, known: ReadonlyMap<string, Entry>): Node {
  if (resources.kind !== 'map') return resources
  const entries = [...resources.entries].filter(([key, { value }]) => {
    const other = known.get(key)
    return (
      other === undefined || JSON.stringify(plainValue(other.value)) !== JSON.stringify(plainValue(value))
    )
  })
  return { ...resources, entries: new Map(entries) }
}
