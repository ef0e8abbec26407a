import type { SourceSpan } from '../../base/source-span.ts'
import type { Entry, ListNode, MapNode, Node, ScalarNode, ScalarValue } from './node.ts'
import { isCoreWord, plainScalarValue } from './plain-scalar.ts'
import type { SourceText } from './source-text.ts'

/**
 * Reads the YAML that most Compose files are written in: block maps and lists, flow collections, plain and quoted
 * texts on one line, comments. Returns undefined for a text with anything else in it, be it an anchor, a block text or
 * a mistake: the whole of it is for the YAML reader then. What both read is the same to the last place.
 *
 * A reader of all of YAML makes tokens, a syntax tree and nodes before this tree can be made, which for a long file is
 * half of the time that a load takes.
 */
export function readPlainYaml(source: SourceText): MapNode | undefined {
  if (UNUSUAL_CHARACTER.test(source.text)) return undefined
  try {
    return new PlainReader(source).document()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** Unwinds a reader that has met something that is not for it. */
class NotPlain extends Error {}

/** Tabs, carriage returns, other control characters and byte order marks. */
const UNUSUAL_CHARACTER = /[^\n\x20-\x7e\xa0-\ufefe\uff00-\ufffd]/
const KEY = /([A-Za-z_][\w./-]{0,200}):(?=[ \n]|$) */y
// Texts have a maximum length: V8 keeps a backtracking position for each turn of a loop.
const DOUBLE_QUOTED = /"((?:[^"\\\n]|\\["\\]){0,5000})"/y
const SINGLE_QUOTED = /'((?:[^'\n]|''){0,5000})'/y
/** What a plain text may begin with for certain; a dash only if something follows it directly. */
const PLAIN_START = /[A-Za-z0-9_./~$(+<=^;\\\xa0-\ufffd]|-(?=[^ \n,[\]{}])/y
const BLOCK_PLAIN = /(?:[^ \n]| (?! *(?:#|\n|$))){1,5000}/y
const FLOW_PLAIN = /(?:[^ ,[\]{}\n#]| (?! *[,[\]{}\n#])){1,5000}/y
/** What would be a key within a plain text. */
const INNER_KEY = /:(?: |$)/
/** Nothing, or a comment with a space before it, to the end of the line. */
const LINE_TAIL = / *(?:(?<= )#[^\n]*)?(?=\n|$)/y
const SPACES = / */y
const SPACES_AND_LINES = /[ \n]*/y
const DEEPEST = 50
const NEWLINE = 0x0a
const SPACE = 0x20
const DOUBLE_QUOTE = 0x22
const HASH = 0x23
const SINGLE_QUOTE = 0x27
const COMMA = 0x2c
const DASH = 0x2d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_MAP = 0x7b
const CLOSE_MAP = 0x7d

class PlainReader {
  readonly #source: SourceText
  readonly #text: string
  /** Where the content of the current line begins. */
  #at = 0
  /** Count of spaces before it; -1 behind the last line. */
  #indent = -1
  /** Where the value that was read last ended. */
  #end = 0
  /** What lines of a flow collection must be indented by more than. */
  #outerIndent = 0
  #depth = 0

  constructor(source: SourceText) {
    this.#source = source
    this.#text = source.text
  }

  document(): MapNode {
    this.#toContent(0)
    const root = this.#map(0)
    if (this.#indent !== -1) throw new NotPlain()
    return root
  }

  #block(): Node {
    return this.#isDash() ? this.#list(this.#indent) : this.#map(this.#indent)
  }

  #map(indent: number): MapNode {
    const start = this.#at
    const entries = new Map<string, Entry>()
    this.#deeper()
    while (this.#indent === indent) this.#blockEntry(entries, indent)
    this.#depth--
    if (entries.size === 0 || this.#indent > indent) throw new NotPlain()
    return { kind: 'map', entries, span: this.#source.span(start, this.#end) }
  }

  #blockEntry(entries: Map<string, Entry>, indent: number): void {
    const { key, keySpan } = this.#key(this.#at)
    const at = KEY.lastIndex
    const value = this.#isLineEnd(at) ? this.#valueBelow(at, indent) : this.#valueOnLine(at, indent)
    addEntry(entries, key, {
      keySpan,
      value: value ?? { kind: 'scalar', value: null, raw: '', span: keySpan },
    })
  }

  #valueBelow(at: number, indent: number): Node | undefined {
    this.#toNextLine(at)
    if (this.#indent > indent) return this.#block()
    // A list may be indented like the key that it belongs to.
    return this.#indent === indent && this.#isDash() ? this.#list(indent) : undefined
  }

  #list(indent: number): ListNode {
    const start = this.#at
    const items: Node[] = []
    this.#deeper()
    while (this.#indent === indent && this.#isDash()) items.push(this.#item(indent))
    this.#depth--
    if (this.#indent > indent) throw new NotPlain()
    return { kind: 'list', items, span: this.#source.span(start, this.#end) }
  }

  #item(indent: number): Node {
    const at = this.#behind(SPACES, this.#at + 1)
    if (this.#isLineEnd(at)) {
      this.#toNextLine(at)
      if (this.#indent <= indent) throw new NotPlain()
      return this.#block()
    }
    KEY.lastIndex = at
    if (!KEY.test(this.#text)) return this.#valueOnLine(at, indent)
    this.#indent += at - this.#at
    this.#at = at
    return this.#map(this.#indent)
  }

  /** Reads a value that begins behind its key or dash. Deeper lines below it would belong to it. */
  #valueOnLine(at: number, indent: number): Node {
    this.#outerIndent = indent
    const node = this.#flowValue(at, BLOCK_PLAIN)
    this.#toNextLine(this.#behind(LINE_TAIL, this.#end))
    if (this.#indent > indent) throw new NotPlain()
    return node
  }

  #flowValue(at: number, plain: RegExp): Node {
    switch (this.#text.charCodeAt(at)) {
      case OPEN_LIST:
        return this.#flowList(at)
      case OPEN_MAP:
        return this.#flowMap(at)
      case DOUBLE_QUOTE:
        return this.#scalar(at, this.#matched(DOUBLE_QUOTED, at).slice(1, -1).replaceAll(/\\(.)/g, '$1'))
      case SINGLE_QUOTE:
        return this.#scalar(at, this.#matched(SINGLE_QUOTED, at).slice(1, -1).replaceAll("''", "'"))
      default:
        return this.#plainScalar(at, plain)
    }
  }

  #plainScalar(at: number, plain: RegExp): ScalarNode {
    this.#behind(PLAIN_START, at)
    const text = this.#matched(plain, at)
    if (INNER_KEY.test(text)) throw new NotPlain()
    return this.#scalar(at, plainScalarValue(text))
  }

  #scalar(start: number, value: ScalarValue): ScalarNode {
    const raw = this.#text.slice(start, this.#end)
    return { kind: 'scalar', value, raw, span: this.#source.span(start, this.#end) }
  }

  #flowList(start: number): ListNode {
    const items: Node[] = []
    const span = this.#flowEntries(start, CLOSE_LIST, at => items.push(this.#flowValue(at, FLOW_PLAIN)))
    return { kind: 'list', items, span }
  }

  #flowMap(start: number): MapNode {
    const entries = new Map<string, Entry>()
    const span = this.#flowEntries(start, CLOSE_MAP, at => {
      const { key, keySpan } = this.#key(at)
      addEntry(entries, key, { keySpan, value: this.#flowValue(KEY.lastIndex, FLOW_PLAIN) })
    })
    return { kind: 'map', entries, span }
  }

  /** Calls `read` where an entry begins, until `close`. */
  #flowEntries(start: number, close: number, read: (at: number) => void): SourceSpan {
    this.#deeper()
    let at = this.#flowContent(start + 1)
    let isOpen = this.#text.charCodeAt(at) !== close
    while (isOpen) {
      read(at)
      at = this.#flowContent(this.#end)
      const mark = this.#text.charCodeAt(at)
      isOpen = mark === COMMA
      if (isOpen) at = this.#flowContent(at + 1)
      else if (mark !== close) throw new NotPlain()
    }
    this.#depth--
    this.#end = at + 1
    return this.#source.span(start, this.#end)
  }

  /** Skips spaces and ends of lines. */
  #flowContent(from: number): number {
    const at = this.#behind(SPACES_AND_LINES, from)
    const lineStart = this.#text.lastIndexOf('\n', at - 1) + 1
    if (lineStart > from && at - lineStart <= this.#outerIndent) throw new NotPlain()
    return at
  }

  #key(at: number): { readonly key: string; readonly keySpan: SourceSpan } {
    KEY.lastIndex = at
    const key = KEY.exec(this.#text)?.[1]
    if (key === undefined || isCoreWord(key)) throw new NotPlain()
    this.#end = at + key.length
    return { key, keySpan: this.#source.span(at, this.#end) }
  }

  /** Returns what `pattern` matches at `at`, and puts the end there. */
  #matched(pattern: RegExp, at: number): string {
    this.#end = this.#behind(pattern, at)
    return this.#text.slice(at, this.#end)
  }

  #behind(pattern: RegExp, at: number): number {
    pattern.lastIndex = at
    if (!pattern.test(this.#text)) throw new NotPlain()
    return pattern.lastIndex
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false
    const next = this.#text.charCodeAt(this.#at + 1)
    return next === SPACE || next === NEWLINE
  }

  #isLineEnd(at: number): boolean {
    const character = this.#text.charCodeAt(at)
    return Number.isNaN(character) || character === NEWLINE || character === HASH
  }

  #toNextLine(at: number): void {
    const end = this.#text.indexOf('\n', at)
    this.#toContent(end === -1 ? this.#text.length : end + 1)
  }

  /** Goes to the first line with content, that which begins at `lineStart` or one below it. */
  #toContent(lineStart: number): void {
    for (let start = lineStart; start < this.#text.length; start = lineBelow(this.#text, start)) {
      const at = this.#behind(SPACES, start)
      if (this.#isLineEnd(at)) continue
      this.#at = at
      this.#indent = at - start
      return
    }
    this.#indent = -1
  }

  #deeper(): void {
    if (++this.#depth > DEEPEST) throw new NotPlain()
  }
}

function lineBelow(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end === -1 ? text.length : end + 1
}

/** A repeated key is a mistake. */
function addEntry(entries: Map<string, Entry>, key: string, entry: Entry): void {
  if (entries.has(key)) throw new NotPlain()
  entries.set(key, entry)
}
