import type { SourceSpan } from '../../base/source-span.ts'
import type { MapNode } from '../document/node.ts'
import { readYaml } from '../document/read-yaml.ts'
import type { LocatedFile } from '../locate/locate-files.ts'
import type { LoadSession } from './load-session.ts'

/** One document of a file, as it was written. */
export interface SourceDocument extends LocatedFile {
  readonly document: MapNode
}

/** Reads the documents of `file`; `span` is where a file asks for it. A problem yields a finding and no documents. */
export function readDocuments(
  file: LocatedFile,
  session: LoadSession,
  span?: SourceSpan,
): readonly SourceDocument[] {
  const { reading } = session.findings
  const content = session.ports.files.readText(file.path)
  if (content.kind !== 'text') {
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    const message = `Cannot read "${file.name}": ${state}`
    const place = span === undefined ? {} : { span }
    reading.push({ severity: 'error', code: 'file-not-found', message, ...place })
    return []
  }
  const { documents, detours, diagnostics } = readYaml(file.name, content.text)
  reading.push(...diagnostics)
  for (const [value, detour] of detours) session.detours.set(value, detour)
  return documents.map(document => ({ ...file, document }))
}
