import type { EscapeCharacter } from '../../model/dockerfile.ts'
import { skipSpace, trimGoSpace } from './go-space.ts'
import { type LinePiece, LogicalLine, type SpanOf } from './logical-line.ts'

/** The lines of an instruction, before its here-documents. */
export interface InstructionLines {
  readonly line: LogicalLine
  /** The comments right above. */
  readonly comments: readonly string[]
  /** Numbers of the empty lines between its lines. */
  readonly emptyLines: readonly number[]
}

/** The body of a here-document. */
export interface HeredocBody {
  /** Every line with its line end; the line that ends it is left out. */
  readonly source: string
}

interface LineReaderOptions {
  /** Without their `\n`. */
  readonly lines: readonly string[]
  /** How many lines at the top are directives. */
  readonly skipped: number
  readonly escape: EscapeCharacter
  readonly spanOf: SpanOf
}

/** Reads a Dockerfile instruction by instruction: joins continued lines, and takes the bodies of here-documents. */
export class LineReader {
  readonly #lines: readonly string[]
  readonly #escape: EscapeCharacter
  readonly #spanOf: SpanOf
  #index: number

  constructor(options: LineReaderOptions) {
    this.#lines = options.lines
    this.#index = options.skipped
    this.#escape = options.escape
    this.#spanOf = options.spanOf
  }

  /** The number of the line that was read last. */
  get lineNumber(): number {
    return this.#index
  }

  /** The length of the line that was read last. */
  get lineLength(): number {
    return withoutLineEnd(this.#lines[this.#index - 1] ?? '').length
  }

  /** Returns the next instruction; undefined at the end of the file. */
  next(): InstructionLines | undefined {
    let comments: string[] = []
    while (this.#index < this.#lines.length) {
      const text = withoutLineEnd(this.#lines[this.#index++] ?? '')
      const indent = skipSpace(text, 0)
      const comment = text[indent] === '#' ? trimGoSpace(text.slice(indent + 1)) : undefined
      if (comment === undefined && indent < text.length) return { ...this.#join(text, indent), comments }
      if (comment === undefined || comment === '') comments = []
      else comments.push(comment)
    }
    return undefined
  }

  /**
   * Returns the lines up to one that is `name`; undefined, and nothing is taken, if there is none. Tabs before `name`
   * do not count if `ignoresTabs`.
   */
  takeHeredoc(name: string, ignoresTabs: boolean): HeredocBody | undefined {
    for (let end = this.#index; end < this.#lines.length; end++) {
      const line = withoutLineEnd(this.#lines[end] ?? '')
      if ((ignoresTabs ? line.replace(/^\t+/, '') : line) !== name) continue
      const body = this.#lines.slice(this.#index, end)
      this.#index = end + 1
      return { source: body.map(text => `${text}\n`).join('') }
    }
    return undefined
  }

  /** Returns the number of the first line from here on that is `name` but for spaces around it. */
  findAlmost(name: string): number | undefined {
    const index = this.#lines.findIndex((line, at) => at >= this.#index && trimGoSpace(line) === name)
    return index === -1 ? undefined : index + 1
  }

  /** Takes all that is left. */
  skipToEnd(): void {
    this.#index = this.#lines.length
  }

  #join(first: string, indent: number): Omit<InstructionLines, 'comments'> {
    const pieces: LinePiece[] = [{ offset: 0, line: this.#index, column: indent + 1 }]
    const emptyLines: number[] = []
    let { text, continues } = this.#cut(first.slice(indent))
    const texts = [text]
    let offset = text.length
    while (continues && this.#index < this.#lines.length) {
      const line = withoutLineEnd(this.#lines[this.#index++] ?? '')
      const start = skipSpace(line, 0)
      if (start === line.length) emptyLines.push(this.#index)
      if (start === line.length || line[start] === '#') continue
      ;({ text, continues } = this.#cut(line))
      pieces.push({ offset, line: this.#index, column: 1 })
      texts.push(text)
      offset += text.length
    }
    return { line: new LogicalLine({ text: texts.join(''), pieces, spanOf: this.#spanOf }), emptyLines }
  }

  /** An escape character that is last continues a line, blanks aside, unless another stands before it. */
  #cut(text: string): { readonly text: string; readonly continues: boolean } {
    let last = text.length - 1
    while (text[last] === ' ' || text[last] === '\t') last--
    const continues = text[last] === this.#escape && text[last - 1] !== this.#escape
    return continues ? { text: text.slice(0, last), continues } : { text, continues }
  }
}

/** Splits a file into lines without their `\n`. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Returns a line without the `\r` that `\r\n` leaves. */
export function withoutLineEnd(line: string): string {
  let end = line.length
  while (line[end - 1] === '\r') end--
  return end === line.length ? line : line.slice(0, end)
}
