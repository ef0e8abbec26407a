import type { Diagnostic } from '../../base/diagnostic.ts'
import { errorCode } from '../../base/error-codes.ts'

/** Returns diagnostics as workflow commands, which GitHub Actions shows beside the lines of a file. */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(annotation).join('')
}

function annotation({ severity, code, message, span, hint }: Diagnostic): string {
  const place =
    span === undefined
      ? []
      : [
          ['file', span.file],
          ['line', String(span.line)],
          ['col', String(span.column)],
          ['endLine', String(span.endLine)],
          ['endColumn', String(span.endColumn)],
        ]
  const properties = [...place, ['title', errorCode(code)]]
    .map(([name, value = '']) => `${name}=${escapedProperty(value)}`)
    .join(',')
  const text = hint === undefined ? message : `${message}\n${hint}`
  return `::${severity} ${properties}::${escaped(text)}\n`
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
