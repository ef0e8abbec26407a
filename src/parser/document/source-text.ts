import type { LineCounter } from 'yaml'
import type { SourceSpan } from '../../base/source-span.ts'

/** A file's text, with offsets turned into lines and columns. */
export class SourceText {
  readonly file: string
  readonly text: string
  readonly lines: LineCounter

  constructor(file: string, text: string, lines: LineCounter) {
    this.file = file
    this.text = text
    this.lines = lines
  }

  /** Returns the span from offset `start` to `end`, exclusive. */
  span(start: number, end: number): SourceSpan {
    const from = this.#position(start)
    const to = end === start ? from : this.#position(end)
    return { file: this.file, line: from.line, column: from.col, endLine: to.line, endColumn: to.col }
  }

  #position(offset: number): { readonly line: number; readonly col: number } {
    const position = this.lines.linePos(offset)
    return position.line === 0 ? { line: 1, col: offset + 1 } : position
  }
}
