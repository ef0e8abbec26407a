import type { SourceSpan } from '../../base/source-span.ts'
import type { Word } from '../../model/dockerfile.ts'

/** A place in a file; lines and columns are 1-based. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Makes the span of what is from `start` up to `end`. */
export type SpanOf = (start: Position, end: Position) => SourceSpan

/** A part of a logical line: indices in its text, the end is exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Where a piece of a logical line is in the file. */
export interface LinePiece extends Position {
  /** Where it begins in the logical line. */
  readonly offset: number
}

interface LogicalLineParts {
  readonly text: string
  /** In order; the first is at offset 0. */
  readonly pieces: readonly LinePiece[]
  readonly spanOf: SpanOf
}

/** The lines of an instruction as one: continuations are joined, comments and empty lines between them are gone. */
export class LogicalLine {
  readonly text: string
  readonly #pieces: readonly LinePiece[]
  readonly #spanOf: SpanOf

  constructor({ text, pieces, spanOf }: LogicalLineParts) {
    this.text = text
    this.#pieces = pieces
    this.#spanOf = spanOf
  }

  /** Returns where `range` is in the file: from its first character to its last. */
  span({ start, end }: Range): SourceSpan {
    const first = this.positionOf(start)
    if (end <= start) return this.#spanOf(first, first)
    const last = this.positionOf(end - 1)
    return this.#spanOf(first, { line: last.line, column: last.column + 1 })
  }

  /** Returns the text of `range` and where it is. */
  word(range: Range): Word {
    return { text: this.text.slice(range.start, range.end), span: this.span(range) }
  }

  /** Returns where the character at `offset` is in the file. */
  positionOf(offset: number): Position {
    const { line, column, offset: begin } = this.#pieceOf(offset)
    return { line, column: column + offset - begin }
  }

  #pieceOf(offset: number): LinePiece {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#pieces[middle]?.offset ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return this.#pieces[low] ?? { offset: 0, line: 1, column: 1 }
  }
}
