import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { MapNode } from '../document/node.ts'
import { readYaml } from '../document/read-yaml.ts'
import type { LocatedFile } from '../locate/located-file.ts'
import type { LoadSession } from './load-session.ts'

/** One document of a file, as it was written. */
export interface SourceDocument extends LocatedFile {
  readonly document: MapNode
}

/** Returns the document of the request that lies over those of the files, if there is one. */
export function readOverlay({ request: { overlay }, findings }: LoadSession): readonly SourceDocument[] {
  if (overlay === undefined) return []
  const { documents, diagnostics } = readYaml(overlay.name, overlay.text)
  findings.reading.push(...diagnostics)
  return documents.map(document => ({ name: overlay.name, path: '-', document }))
}

/**
 * Reads the documents of `files`, in order. A problem yields a finding and no documents. A file without content adds
 * nothing, but some file must have content.
 */
export function readProjectDocuments(
  files: readonly LocatedFile[],
  session: LoadSession,
): readonly SourceDocument[] {
  const { reading } = session.findings
  const [first] = files
  const documents = files.flatMap(file => documentsOf(file, session, undefined))
  if (documents.length === 0 && first !== undefined && !hasErrors(reading)) reading.push(emptyFile(first))
  return documents
}

/** Reads the documents of a file that is asked for at `span`, which must have content. */
export function readDocuments(
  file: LocatedFile,
  session: LoadSession,
  span: SourceSpan,
): readonly SourceDocument[] {
  const { reading } = session.findings
  const findings = reading.length
  const documents = documentsOf(file, session, span)
  if (documents.length === 0 && reading.length === findings) reading.push(emptyFile(file))
  return documents
}

function emptyFile({ name }: LocatedFile): Diagnostic {
  return {
    severity: 'error',
    code: 'missing-key',
    message: `Cannot load "${name}": the file is empty, expected "services:"`,
    span: { file: name, line: 1, column: 1, endLine: 1, endColumn: 1 },
    hint: 'Start with "services:" and one service below it',
  }
}

function documentsOf(
  file: LocatedFile,
  session: LoadSession,
  span: SourceSpan | undefined,
): readonly SourceDocument[] {
  const { reading } = session.findings
  const content = session.ports.files.readText(file.path, file.origin)
  if (content.kind !== 'text') {
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    const message = `Cannot read "${file.name}": ${state}`
    const place = span === undefined ? {} : { span }
    reading.push({ severity: 'error', code: 'file-not-found', message, ...place })
    return []
  }
  const { documents, aliasPaths, diagnostics } = readYaml(file.name, content.text)
  reading.push(...diagnostics)
  for (const [value, aliasPath] of aliasPaths) session.aliasPaths.set(value, aliasPath)
  return documents.map(document => ({ ...file, document }))
}
