import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { expandTemplate } from '../interpolate/expand-template.ts'

/** A dotenv file and where its variables may take values from. */
export interface DotenvSource {
  /** The path as the user named it. */
  readonly file: string
  readonly text: string
  /** Looked at first, so a line cannot shadow what is already set. */
  readonly lookup: (name: string) => string | undefined
}

/** Reads the Compose dialect of dotenv: quotes, escapes, comments, `export`, inherited names and variables. */
export function parseDotenv(source: DotenvSource): Dotenv {
  const reader = new DotenvReader(source)
  reader.read()
  return { value: reader.values, places: reader.places, diagnostics: reader.diagnostics }
}

/** The variables of a dotenv file, and where each is set: the line that wins. */
export interface Dotenv extends Checked<ReadonlyMap<string, string>> {
  readonly value: ReadonlyMap<string, string>
  readonly places: ReadonlyMap<string, SourceSpan>
}

const SPACE = /[ \t\r]/
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
])

class DotenvReader {
  readonly values = new Map<string, string>()
  readonly places = new Map<string, SourceSpan>()
  readonly diagnostics: Diagnostic[] = []
  readonly #source: DotenvSource
  #line = 1
  #lineStart = 0
  readonly #text: string
  #index = 0

  constructor(source: DotenvSource) {
    this.#source = source
    this.#text = source.text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  }

  read(): void {
    for (;;) {
      this.#skip(/[ \t\r\n]/)
      if (this.#index >= this.#text.length) return
      if (this.#text[this.#index] === '#') this.#skipLine()
      else this.#statement()
    }
  }

  #statement(): void {
    const start = this.#index
    const line = this.#restOfLine()
    const declared = /^(?:export[ \t]+)?/.exec(line)?.[0] ?? ''
    const separator = line.slice(declared.length).search(/[=:]/)
    if (separator === -1) {
      this.#inherit(line.slice(declared.length), start)
      this.#skipLine()
      return
    }
    const key = line.slice(declared.length, declared.length + separator).trim()
    if (!this.#checkKey(key, start)) {
      this.#skipLine()
      return
    }
    this.#index += declared.length + separator + 1
    this.#skip(SPACE)
    const value = this.#value(start)
    if (value !== undefined) this.#set(key, value, start)
  }

  #set(key: string, value: string, start: number): void {
    this.values.set(key, value)
    this.places.set(key, this.#spanAt(start))
  }

  #inherit(rest: string, start: number): void {
    const key = rest.replace(/#.*$/, '').trim()
    if (key === '' || !this.#checkKey(key, start)) return
    const value = this.#lookup(key)
    if (value !== undefined) this.#set(key, value, start)
  }

  #checkKey(key: string, start: number): boolean {
    if (/^[\p{L}\p{N}_.[\]-]+$/u.test(key)) return true
    const state = /\s/.test(key)
      ? 'a name cannot contain a space'
      : key === ''
        ? 'the name is missing'
        : 'a character is not allowed'
    this.#report(`Cannot read variable name "${key}": ${state}, expected letters, digits and "_"`, start)
    return false
  }

  #value(start: number): string | undefined {
    const quote = this.#text[this.#index]
    if (quote === '"' || quote === "'") return this.#quoted(quote, start)
    const line = this.#restOfLine()
    this.#skipLine()
    // A comment begins at a space and a hash, so a value may begin with a hash or hold one after a tab.
    const comment = line.indexOf(' #')
    return this.#expand((comment === -1 ? line : line.slice(0, comment)).trimEnd(), start)
  }

  #quoted(quote: string, start: number): string | undefined {
    const end = closingQuote(this.#text, this.#index + 1, quote)
    if (end === undefined) {
      this.#report(`Cannot read value: its quote ${quote} is not closed`, start)
      this.#index = this.#text.length
      return undefined
    }
    const body = this.#text.slice(this.#index + 1, end)
    this.#index = end + 1
    if (quote === "'") return body.replaceAll("\\'", "'")
    return this.#expand(unescapeDouble(body), start)
  }

  #expand(template: string, start: number): string {
    return expandTemplate(template, {
      lookup: name => this.#lookup(name),
      onUnset: () => undefined,
      onProblem: problem => {
        const message =
          problem.kind === 'malformed'
            ? `Cannot read variable "${problem.expression}": expected \${NAME} or \${NAME:-default}`
            : `Variable "${problem.name}" has no value, and it is required${problem.message === '' ? '' : `: ${problem.message}`}`
        this.#report(message, start)
      },
    })
  }

  #lookup(name: string): string | undefined {
    return this.#source.lookup(name) ?? this.values.get(name)
  }

  #skip(characters: RegExp): void {
    while (this.#index < this.#text.length && characters.test(this.#text[this.#index] ?? '')) this.#index++
  }

  #restOfLine(): string {
    const end = this.#text.indexOf('\n', this.#index)
    return this.#text.slice(this.#index, end === -1 ? undefined : end)
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#index)
    this.#index = end === -1 ? this.#text.length : end + 1
  }

  #report(message: string, offset: number): void {
    this.diagnostics.push({ severity: 'error', code: 'env-file', message, span: this.#spanAt(offset) })
  }

  /** Returns the place from `offset`, which is not before the one asked for last, to the end of its line. */
  #spanAt(offset: number): SourceSpan {
    for (let end = this.#text.indexOf('\n', this.#lineStart); end !== -1 && end < offset; ) {
      this.#line++
      this.#lineStart = end + 1
      end = this.#text.indexOf('\n', this.#lineStart)
    }
    const end = this.#text.indexOf('\n', offset)
    const column = offset - this.#lineStart + 1
    const endColumn = column + (end === -1 ? this.#text.length : end) - offset
    return { file: this.#source.file, line: this.#line, column, endLine: this.#line, endColumn }
  }
}

function closingQuote(text: string, from: number, quote: string): number | undefined {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === quote) return index
  }
  return undefined
}

/** Expands escapes; `\$` becomes `$$`, which the variables' grammar reads as a plain dollar sign. */
function unescapeDouble(body: string): string {
  return body.replaceAll(/\\(0[0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (code === '$') return '$$'
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code, 8))
    return ESCAPES.get(code) ?? whole
  })
}
