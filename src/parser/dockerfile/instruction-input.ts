import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { EscapeCharacter, Heredoc, InstructionSource, Word } from '../../model/dockerfile.ts'
import { trimGoSpace } from './go-space.ts'
import type { LogicalLine, Range } from './logical-line.ts'
import type { FlagText } from './split-instruction.ts'

/** A here-document and the word that began it. */
export interface ReadHeredoc extends Heredoc {
  readonly word: string
}

interface InstructionInputParts {
  readonly line: LogicalLine
  readonly keyword: Range
  readonly flags: readonly FlagText[]
  readonly body: Range
  readonly heredocs: readonly ReadHeredoc[]
  readonly escape: EscapeCharacter
  /** The whole instruction. */
  readonly span: SourceSpan
}

/** What is known of a mistake besides its message. */
export interface ProblemDetails {
  readonly hint?: string | undefined
  readonly related?: Diagnostic['related']
}

/** An instruction in parts, as its reader gets it, and the place for what is wrong with it. */
export class InstructionInput {
  readonly line: LogicalLine
  readonly keyword: Range
  readonly flags: readonly FlagText[]
  /** What comes after the flags. */
  readonly body: Range
  readonly heredocs: readonly ReadHeredoc[]
  readonly escape: EscapeCharacter
  /** In upper case. */
  readonly name: string
  readonly source: InstructionSource
  readonly errors: Diagnostic[] = []
  readonly warnings: Diagnostic[] = []
  /** Those of `errors` that BuildKit finds when it splits the line, so also in a trigger of ONBUILD. */
  readonly syntaxErrors: Diagnostic[] = []
  /** Errors that matter only if the stage is built. */
  readonly problems: Diagnostic[] = []

  constructor(parts: InstructionInputParts) {
    this.line = parts.line
    this.keyword = parts.keyword
    this.flags = parts.flags
    this.body = parts.body
    this.heredocs = parts.heredocs
    this.escape = parts.escape
    this.name = parts.line.text.slice(parts.keyword.start, parts.keyword.end).toUpperCase()
    this.source = { span: parts.span, text: trimGoSpace(parts.line.text) }
  }

  /** Whether nothing comes after the flags. */
  get isEmpty(): boolean {
    return this.body.start >= this.body.end
  }

  /** What comes after the flags. */
  get bodyText(): string {
    return this.line.text.slice(this.body.start, this.body.end)
  }

  /** Reports an error at `place`. */
  error(place: Range | Word, message: string, details: ProblemDetails = {}): void {
    this.errors.push(this.#diagnostic(place, message, details))
  }

  /** Reports an error at `place` that BuildKit finds when it splits the line. */
  syntaxError(place: Range | Word, message: string, details: ProblemDetails = {}): void {
    const diagnostic = this.#diagnostic(place, message, details)
    this.errors.push(diagnostic)
    this.syntaxErrors.push(diagnostic)
  }

  /** Reports an error at `place` that matters only if the stage is built. */
  problem(place: Range | Word, message: string, details: ProblemDetails = {}): void {
    this.problems.push(this.#diagnostic(place, message, details))
  }

  /** Reports what is fine for BuildKit, but has no sense. */
  warn(place: Range | Word, message: string, details: ProblemDetails = {}): void {
    this.warnings.push({ ...this.#diagnostic(place, message, details), severity: 'warning' })
  }

  /** The line of an error is the one where the instruction begins; a place in a later line is told besides. */
  #diagnostic(place: Range | Word, message: string, { hint, related = [] }: ProblemDetails): Diagnostic {
    const exact = 'span' in place ? place.span : this.line.span(place)
    const isFirstLine = exact.line === this.source.span.line
    const places = isFirstLine ? related : [{ message: 'here', span: exact }, ...related]
    return {
      severity: 'error',
      code: 'dockerfile',
      message,
      span: isFirstLine ? exact : this.line.span(this.keyword),
      ...(hint === undefined ? {} : { hint }),
      ...(places.length === 0 ? {} : { related: places }),
    }
  }
}
