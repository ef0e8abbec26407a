import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { LoadPorts } from '../load-request.ts'
import type { LocatedFile } from './located-file.ts'

/** A Compose file that is here now. */
export interface LocatedRemote extends LocatedFile {
  readonly path: Exclude<LocatedFile['path'], '-'>
}

/** Returns the files behind `address`, which is asked for at `span`; none while they are awaited. */
export function remoteFiles(
  address: string,
  { remotes }: LoadPorts,
  span?: SourceSpan,
): Checked<readonly LocatedRemote[]> {
  const found = remotes?.find(address) ?? NOT_THERE
  switch (found.kind) {
    case 'awaited':
      return { value: undefined, diagnostics: [] }
    case 'failed':
      return { value: undefined, diagnostics: [failure(found, address, span)] }
    case 'fetched':
      return { value: found.files.map(file => ({ ...file, project: found.project })), diagnostics: [] }
  }
}

const NOT_THERE = {
  kind: 'failed',
  code: 'file-not-found',
  message: 'it is on another machine',
  hint: 'Fetch it first, and name the file',
} as const

function failure(
  {
    code,
    message,
    hint,
  }: { readonly code: Diagnostic['code']; readonly message: string; readonly hint?: string },
  address: string,
  span: SourceSpan | undefined,
): Diagnostic {
  return {
    severity: 'error',
    code,
    message: message.startsWith('Cannot ') ? message : `Cannot read "${address}": ${message}`,
    ...(span !== undefined && { span }),
    ...(hint !== undefined && { hint }),
  }
}
