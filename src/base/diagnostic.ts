import type { ErrorName } from './error-codes.ts'
import type { SourceSpan } from './source-span.ts'

/** Something the user should know about their input. Stages collect these instead of throwing. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: ErrorName
  readonly message: string
  /** The place in the input, where there is one. */
  readonly span?: SourceSpan
  /** What to do next. */
  readonly hint?: string
  /** Other places that explain the first, such as the earlier of two definitions. */
  readonly related?: readonly { readonly message: string; readonly span: SourceSpan }[]
}

/** What a stage returns: a value as far as it could be made, and what is wrong with the input. */
export interface Checked<T> {
  readonly value: T | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Tells whether `diagnostics` hold at least one error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(diagnostic => diagnostic.severity === 'error')
}
