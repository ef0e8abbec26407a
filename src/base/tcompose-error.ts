import type { Diagnostic } from './diagnostic.ts'
import type { ErrorName } from './error-codes.ts'
import type { ModelPath } from './model-path.ts'
import type { SourceSpan } from './source-span.ts'

export interface ErrorDetails {
  /** One next step for the user. */
  readonly hint?: string
  /** The place in the input behind the failure. */
  readonly span?: SourceSpan
  /** What of the document is behind the failure; the edge turns it into a span. */
  readonly origin?: ModelPath
  /** More lines for the user, e.g. the last lines of a log. */
  readonly notes?: readonly string[]
  /** All that is wrong with the input behind the failure, which is shown instead of the message. */
  readonly diagnostics?: readonly Diagnostic[]
  readonly cause?: unknown
}

/** A failure that the user can act on. Anything else that is thrown is a bug. */
export class TcomposeError extends Error {
  override readonly name = 'TcomposeError'
  readonly code: ErrorName
  readonly hint: string | undefined
  readonly span: SourceSpan | undefined
  readonly origin: ModelPath | undefined
  readonly notes: readonly string[]
  readonly diagnostics: readonly Diagnostic[]

  constructor(code: ErrorName, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.span = details.span
    this.origin = details.origin
    this.notes = details.notes ?? []
    this.diagnostics = details.diagnostics ?? []
  }

  /** Returns this error with the place `origin`, unless it knows a place. */
  at(origin: ModelPath | undefined): TcomposeError {
    return origin === undefined ? this : this.#placed({ origin })
  }

  /** Returns this error with the place `span`, unless it knows a place. */
  within(span: SourceSpan): TcomposeError {
    return this.#placed({ span })
  }

  #placed(place: Pick<ErrorDetails, 'origin' | 'span'>): TcomposeError {
    if (this.origin !== undefined || this.span !== undefined) return this
    const { code, message, hint, notes, diagnostics, cause } = this
    const details = { notes, diagnostics, cause, ...place }
    return new TcomposeError(code, message, hint === undefined ? details : { ...details, hint })
  }
}
