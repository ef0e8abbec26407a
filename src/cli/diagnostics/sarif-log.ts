import type { Diagnostic } from '../../base/diagnostic.ts'
import { type ErrorName, errorCode } from '../../base/error-codes.ts'
import type { SourceSpan } from '../../base/source-span.ts'

/** Returns diagnostics as a log in the Static Analysis Results Interchange Format, version 2.1.0. */
export function sarifLog(diagnostics: readonly Diagnostic[], version: string): object {
  const rules = [...new Set(diagnostics.map(({ code }) => code))]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tcompose', version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(diagnostic => resultOf(diagnostic, rules.indexOf(diagnostic.code))),
      },
    ],
  }
}

function ruleOf(code: ErrorName): object {
  return { id: errorCode(code), name: code, shortDescription: { text: code.replaceAll('-', ' ') } }
}

function resultOf(
  { severity, code, message, span, hint, related = [] }: Diagnostic,
  ruleIndex: number,
): object {
  return {
    ruleId: errorCode(code),
    ruleIndex,
    level: severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    ...(span === undefined ? {} : { locations: [{ physicalLocation: locationOf(span) }] }),
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, id) => ({
            id,
            message: { text: place.message },
            physicalLocation: locationOf(place.span),
          })),
        }),
  }
}

/** Columns count from 1 and the end is exclusive, as in a `SourceSpan`. */
function locationOf({ file, line, column, endLine, endColumn }: SourceSpan): object {
  return {
    artifactLocation: { uri: uriOf(file) },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  }
}

function uriOf(file: string): string {
  const path = encodeURI(file === '-' ? 'stdin' : file)
    .replaceAll('#', '%23')
    .replaceAll('?', '%3F')
  return path.startsWith('/') ? `file://${path}` : path
}
