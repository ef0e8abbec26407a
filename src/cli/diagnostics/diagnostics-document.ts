import type { Diagnostic } from '../../base/diagnostic.ts'
import { errorCode } from '../../base/error-codes.ts'
import type { DiagnosticFormat } from '../options/output-settings.ts'
import { safeJson } from '../views/safe-text.ts'
import { sarifLog } from './sarif-log.ts'

/** A format that reports all diagnostics in one document. */
export type DocumentFormat = Extract<DiagnosticFormat, 'json' | 'sarif'>

/** Returns `format` if it is one that reports in a document. */
export function documentFormat(format: DiagnosticFormat | undefined): DocumentFormat | undefined {
  return format === 'json' || format === 'sarif' ? format : undefined
}

/** Returns the document that reports `diagnostics`; there is one even if there are none. */
export function diagnosticsDocument(
  diagnostics: readonly Diagnostic[],
  format: DocumentFormat,
  version: string,
): string {
  const value =
    format === 'sarif' ? sarifLog(diagnostics, version) : { diagnostics: diagnostics.map(diagnosticJson) }
  return `${safeJson(value, 2)}\n`
}

function diagnosticJson({ severity, code, message, span, hint, related = [] }: Diagnostic): object {
  return { severity, code: errorCode(code), name: code, message, span, hint, related }
}
