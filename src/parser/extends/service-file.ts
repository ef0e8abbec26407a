import type { SourceSpan } from '../../base/source-span.ts'
import { entriesOf, type MapNode } from '../document/node.ts'
import type { LayerScope } from '../layer/layer-scope.ts'
import type { LoadSession } from '../layer/load-session.ts'
import { interpolateIn, prepareDocument } from '../layer/prepare-document.ts'
import { readDocuments } from '../layer/read-documents.ts'
import type { LocatedFile } from '../locate/located-file.ts'
import { parentFolder } from '../locate/resolve-path.ts'
import { mergeDocuments } from '../merge/merge-documents.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/** A file whose services can be extended. */
export interface ServiceFile {
  readonly path: string
  /** As the user would name it. */
  readonly name: string
  readonly scope: LayerScope
  /** The services that it declares. */
  readonly names: readonly string[]
  /** Returns a service in canonical form, `extends` and marks included. */
  readonly pick: (name: string) => MapNode | undefined
}

/**
 * Opens what `extends` names at `span`, for services of `scope`: a file, or those of another machine. Its paths start from
 * its own folder, its includes are not followed, and only a service that is picked is checked. Undefined if it cannot be
 * read.
 */
export function openServiceFile(
  files: readonly LocatedFile[],
  { span, scope: outer }: { readonly span: SourceSpan; readonly scope: LayerScope },
  session: LoadSession,
): ServiceFile | undefined {
  const [file] = files
  if (file === undefined || file.path === '-') return undefined
  const { base, environment, trail } = outer
  const reference = { kind: 'extends', target: file.name, span } as const
  const scope: LayerScope = {
    base: { ...base, folder: parentFolder(file.path) },
    environment,
    references: [reference],
    trail,
  }
  const documents = files
    .flatMap(each => readDocuments(each, session, span))
    .map(({ document }) => interpolateIn(document, scope, session))
  if (documents.length === 0) return undefined
  return {
    path: file.path,
    name: file.name,
    scope,
    names: documents.flatMap(document => [...entriesAt(document, 'services').keys()]),
    pick: name => pickService(documents, name, { scope, session }),
  }
}

function pickService(
  documents: readonly MapNode[],
  name: string,
  place: { readonly scope: LayerScope; readonly session: LoadSession },
): MapNode | undefined {
  const parts = documents.flatMap(document => onlyService(document, name))
  const prepared = parts.map(part => prepareDocument(part, ['structure'], place))
  const [first, ...others] = prepared
  if (first === undefined) return undefined
  const merged = others.reduce((base, override) => {
    const result = mergeDocuments(base, override)
    place.session.findings.merging.push(...result.diagnostics)
    return result.document
  }, first)
  const service = entriesAt(merged, 'services').get(name)?.value
  return service?.kind === 'map' ? service : undefined
}

function onlyService(document: MapNode, name: string): readonly MapNode[] {
  const services = valueAt(document, 'services')
  const entry = entriesOf(services).get(name)
  if (services?.kind !== 'map' || entry === undefined) return []
  const keySpan = document.entries.get('services')?.keySpan ?? services.span
  const value: MapNode = { ...services, entries: new Map([[name, entry]]) }
  return [{ ...document, entries: new Map([['services', { keySpan, value }]]) }]
}
