import type { EscapeCharacter } from '../../model/dockerfile.ts'
import { removePrefix, removeSuffix, replacePattern } from './shell-pattern.ts'

/** Returns the value of a variable; undefined where it is unset. */
export type VariableLookup = (name: string) => string | undefined

/**
 * Expands the variables of a word of a Dockerfile and removes its quotes, as BuildKit does: `$X`, `${X}`, the modifiers
 * `- + ?` with and without `:`, `# ## % %%`, and `/` and `//`. A variable that is unset is empty.
 *
 * @throws {SyntaxError} If the word is no such word, or `${X:?message}` stops it.
 */
export function expandWord(text: string, lookup: VariableLookup, escaping: EscapeCharacter): string {
  return new WordReader(text, { lookup, escaping, hasQuotes: true }).read().value
}

/**
 * Does as `expandWord()`, then splits what blanks separate, those of the values of variables too; quotes hold together.
 *
 * @throws {SyntaxError} As `expandWord()` does.
 */
export function expandWords(
  text: string,
  lookup: VariableLookup,
  escaping: EscapeCharacter,
): readonly string[] {
  return new WordReader(text, { lookup, escaping, hasQuotes: true }).read().words
}

/**
 * Expands the variables of a here-document, in which quotes are text; its escape character is a backslash whatever the
 * Dockerfile says.
 *
 * @throws {SyntaxError} As `expandWord()` does.
 */
export function expandText(text: string, lookup: VariableLookup): string {
  return new WordReader(text, { lookup, escaping: '\\', hasQuotes: false }).read().value
}

interface ReaderOptions {
  readonly lookup: VariableLookup
  readonly escaping: EscapeCharacter
  /** Whether quotes quote. */
  readonly hasQuotes: boolean
}

interface Expansion {
  readonly value: string
  readonly words: readonly string[]
}

/** Where a part of a word ends, and whether escape characters stay in it. */
interface PartOptions {
  /** Undefined is the end of the text. */
  readonly end: string | undefined
  readonly keepsEscapes: boolean
}

/** What may follow the name in `${...}`, and takes a word. */
const MODIFIERS = '-+?#%'

class WordReader {
  readonly #characters: readonly string[]
  readonly #options: ReaderOptions
  #position = 0
  /** Of the part that is read at the moment. */
  #keepsEscapes = false

  constructor(text: string, options: ReaderOptions) {
    this.#characters = Array.from(text)
    this.#options = options
  }

  read(): Expansion {
    return this.#part({ end: undefined, keepsEscapes: false })
  }

  #peek(): string | undefined {
    return this.#characters[this.#position]
  }

  #next(): string | undefined {
    const character = this.#characters[this.#position]
    this.#position += 1
    return character
  }

  #part({ end, keepsEscapes }: PartOptions): Expansion {
    const outer = this.#keepsEscapes
    this.#keepsEscapes = keepsEscapes
    const output = new WordOutput()
    for (let next = this.#peek(); next !== end; next = this.#peek()) {
      if (next === undefined) throw new SyntaxError(`its end is missing, expected "${end}"`)
      this.#piece(next, output)
    }
    if (end !== undefined) this.#next()
    this.#keepsEscapes = outer
    return output.end()
  }

  #piece(next: string, output: WordOutput): void {
    const { hasQuotes, escaping } = this.#options
    if (next === '$') output.addExpanded(this.#dollar())
    else if (next === "'" && hasQuotes) output.addQuoted(this.#singleQuoted())
    else if (next === '"' && hasQuotes) output.addQuoted(this.#doubleQuoted())
    else if (next === escaping) output.addQuoted(this.#escaped())
    else output.addPlain(this.#next() ?? '')
  }

  #escaped(): string {
    const sign = this.#next() ?? ''
    const character = this.#next() ?? ''
    return this.#keepsEscapes ? sign + character : character
  }

  #singleQuoted(): string {
    this.#next()
    let text = ''
    for (let next = this.#next(); next !== "'"; next = this.#next()) {
      if (next === undefined) throw new SyntaxError("a quote has no end, expected '")
      text += next
    }
    return text
  }

  #doubleQuoted(): string {
    this.#next()
    let text = ''
    for (let next = this.#peek(); next !== '"'; next = this.#peek()) {
      if (next === undefined) throw new SyntaxError('a quote has no end, expected "')
      text += next === '$' ? this.#dollar() : this.#quotedCharacter()
    }
    this.#next()
    return text
  }

  /** Within double quotes only a quote, a dollar and the escape character can be escaped. */
  #quotedCharacter(): string {
    const { escaping } = this.#options
    const character = this.#next() ?? ''
    if (character !== escaping) return character
    const kept = this.#keepsEscapes ? escaping : ''
    const next = this.#peek()
    if (next === undefined) return kept
    const isEscaped = next === '"' || next === '$' || next === escaping
    return kept + (isEscaped ? (this.#next() ?? '') : character)
  }

  #dollar(): string {
    this.#next()
    if (this.#peek() === '{') return this.#braces()
    const name = this.#name()
    return name === '' ? '$' : (this.#options.lookup(name) ?? '')
  }

  #braces(): string {
    this.#next()
    const first = this.#peek()
    if (first === '{' || first === '}' || first === ':') throw new SyntaxError('bad substitution')
    const name = this.#name()
    const sign = this.#next()
    if (sign === undefined) throw new SyntaxError('a substitution has no end, expected "}"')
    if (sign === '}') return this.#options.lookup(name) ?? ''
    if (sign === '/') return this.#replaced(name)
    if (sign === ':') return this.#modified(name, { sign: this.#next(), emptyIsUnset: true })
    return this.#modified(name, { sign, emptyIsUnset: false })
  }

  #modified(name: string, { sign, emptyIsUnset }: Modifier): string {
    if (sign === undefined || !MODIFIERS.includes(sign)) {
      const written = `${emptyIsUnset ? ':' : ''}${sign ?? ''}`
      throw new SyntaxError(`unsupported modifier (${written}) in substitution`)
    }
    const isPattern = sign === '#' || sign === '%'
    const word = this.#part({ end: '}', keepsEscapes: isPattern }).value
    const value = this.#options.lookup(name)
    if (sign === '#') return removePrefix(value ?? '', word)
    if (sign === '%') return removeSuffix(value ?? '', word)
    return chosen(
      { name, value, isThere: value !== undefined && !(emptyIsUnset && value === '') },
      sign,
      word,
    )
  }

  #replaced(name: string): string {
    const everywhere = this.#peek() === '/'
    if (everywhere) this.#next()
    const pattern = this.#part({ end: '/', keepsEscapes: true }).value
    const replacement = this.#part({ end: '}', keepsEscapes: true }).value
    return replacePattern(this.#options.lookup(name) ?? '', { pattern, replacement, everywhere })
  }

  /** A name, a number, or one of the special parameters of a shell, all of which are unset. */
  #name(): string {
    const first = this.#peek() ?? ''
    if (SPECIAL.test(first)) return this.#next() ?? ''
    return this.#while(DIGIT.test(first) ? DIGIT : NAME)
  }

  #while(pattern: RegExp): string {
    let text = ''
    for (let next = this.#peek(); next !== undefined && pattern.test(next); next = this.#peek()) {
      text += next
      this.#next()
    }
    return text
  }
}

interface Modifier {
  readonly sign: string | undefined
  /** Whether a colon is before it. */
  readonly emptyIsUnset: boolean
}

interface NamedValue {
  readonly name: string
  readonly value: string | undefined
  readonly isThere: boolean
}

/** What `-`, `+` and `?` make of a value and the word behind them. */
function chosen({ name, value = '', isThere }: NamedValue, sign: string, word: string): string {
  if (sign === '-') return isThere ? value : word
  if (sign === '+') return isThere ? word : ''
  if (isThere) return value
  throw new SyntaxError(`${name}: ${word === '' ? 'is not allowed to be unset or empty' : word}`)
}

const SPECIAL = /^[@*#?$!-]$/
const DIGIT = /^\p{Nd}$/u
const NAME = /^[\p{L}\p{Nd}_]$/u
const BLANK = /^\s$/

/** The text of a word, and the words that blanks make of it. */
class WordOutput {
  #value = ''
  #word = ''
  readonly #words: string[] = []

  /** Blanks do not separate. */
  addQuoted(text: string): void {
    this.#value += text
    this.#word += text
  }

  addPlain(character: string): void {
    this.#value += character
    if (!BLANK.test(character)) this.#word += character
    else this.#endWord()
  }

  addExpanded(text: string): void {
    for (const character of text) this.addPlain(character)
  }

  end(): Expansion {
    this.#endWord()
    return { value: this.#value, words: this.#words }
  }

  #endWord(): void {
    if (this.#word !== '') this.#words.push(this.#word)
    this.#word = ''
  }
}
