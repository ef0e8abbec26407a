import type { SourceSpan } from '../../base/source-span.ts'

/** A file's text, with offsets turned into lines and columns. Lines end with `\n`. */
export class SourceText {
  readonly file: string
  readonly text: string
  readonly #lineStarts: readonly number[]
  /** The line of the last look-up: the next one is mostly on it or just below. */
  #line = 0

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    this.#lineStarts = lineStartsOf(text)
  }

  /** Returns the span from offset `start` to `end`, exclusive. */
  span(start: number, end: number): SourceSpan {
    const line = this.#lineOf(start)
    const column = start - this.#startOf(line) + 1
    const nextLine = this.#startOf(line + 1)
    if (end < nextLine) {
      return { file: this.file, line: line + 1, column, endLine: line + 1, endColumn: column + end - start }
    }
    const endLine = this.#search(end, line)
    return {
      file: this.file,
      line: line + 1,
      column,
      endLine: endLine + 1,
      endColumn: end - this.#startOf(endLine) + 1,
    }
  }

  #lineOf(offset: number): number {
    const last = this.#line
    const isNear = offset >= this.#startOf(last) && offset < this.#startOf(last + 1)
    if (!isNear) this.#line = this.#search(offset, offset >= this.#startOf(last) ? last : 0)
    return this.#line
  }

  /** Returns the line of `offset`, which is not above line `low`. */
  #search(offset: number, low: number): number {
    let first = low
    let last = this.#lineStarts.length - 1
    while (first < last) {
      const middle = (first + last + 1) >> 1
      if (this.#startOf(middle) <= offset) first = middle
      else last = middle - 1
    }
    return first
  }

  #startOf(line: number): number {
    return this.#lineStarts[line] ?? Number.POSITIVE_INFINITY
  }
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return starts
}
