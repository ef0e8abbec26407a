import type { Diagnostic } from '../../base/diagnostic.ts'
import type { ErrorName } from '../../base/error-codes.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Word } from '../../model/dockerfile.ts'

/** More about what is wrong with an instruction. */
export interface InstructionErrorDetails {
  /** @default dockerfile */
  readonly code?: ErrorName
  readonly hint?: string | undefined
  /** @default the instruction */
  readonly span?: SourceSpan
}

/** Ends the planning of an instruction. It becomes a diagnostic at the instruction, and planning goes on behind it. */
export class InstructionError extends SyntaxError {
  override readonly name = 'InstructionError'
  readonly details: InstructionErrorDetails

  constructor(message: string, details: InstructionErrorDetails = {}) {
    super(message)
    this.details = details
  }
}

/**
 * Returns `error` as a diagnostic of what is at `span`. A part of it is shown alone if it is in the first line: that is
 * the line that BuildKit shows for an instruction.
 *
 * @throws {unknown} `error`, if it is not about the input.
 */
export function diagnosticOf(error: unknown, span: SourceSpan): Diagnostic {
  if (!(error instanceof SyntaxError)) throw error
  const {
    code = 'dockerfile',
    hint,
    span: part = span,
  } = error instanceof InstructionError ? error.details : {}
  return {
    severity: 'error',
    code,
    message: error.message,
    span: part.line === span.line ? part : span,
    ...(hint !== undefined && { hint }),
  }
}

/** Calls `read`, and says of an error that the image `word` is damaged. @throws {InstructionError} */
export function aboutImage<T>({ text, span }: Word, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InstructionError(`Cannot start from "${text}": ${error.message}`, {
      code: 'image-invalid',
      span,
    })
  }
}

/** Calls `read`, and says of an error in `text` what it is about and where. @throws {InstructionError} */
export function about<T>(word: Word, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyntaxError) || error instanceof InstructionError) throw error
    throw new InstructionError(`Cannot expand "${word.text}": ${error.message}`, { span: word.span })
  }
}
