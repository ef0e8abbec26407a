/** A piece of a pattern. */
export type GlobToken =
  /** One character, as it is. */
  | { readonly kind: 'text'; readonly text: string }
  /** `?`: any character but a slash. */
  | { readonly kind: 'any' }
  /** `[...]`: also a slash, where the set has it. */
  | CharacterSet
  /** `*`: any characters but slashes. */
  | { readonly kind: 'star' }
  /** `**` before more of the pattern: nothing, or whole folders with their slash. */
  | { readonly kind: 'folders' }
  /** `**` at the end: anything. */
  | { readonly kind: 'rest' }

/** `[...]`: one character of some, or of all others. */
export interface CharacterSet {
  readonly kind: 'set'
  readonly isNegated: boolean
  /** First and last code point of each range. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/** What a pattern may hold. */
export interface GlobSyntax {
  /** `**` spans folders. Without, it is the same as `*`. */
  readonly hasFolders: boolean
}

/**
 * Reads a pattern in the syntax of Go's path/filepath.Match: `*`, `?`, `[a-z]`, `[^a-z]`, and `\` before a character
 * that is to be itself. Where `**` spans folders, a backslash before a letter or a digit means what it does in a regular
 * expression of Go, since moby/patternmatcher makes one of the pattern: `\d` is any digit.
 *
 * @throws {SyntaxError} If a set is not closed, empty or has a range without an end, a backslash is last, or what it is
 * before has no meaning.
 */
export function parseGlob(pattern: string, { hasFolders }: GlobSyntax): readonly GlobToken[] {
  const text = [...pattern]
  const tokens: GlobToken[] = []
  for (let at = 0; at < text.length; ) {
    const stars = text[at] === '*' ? readStars(text, at, hasFolders) : undefined
    const { token, end } = stars ?? readOne(text, at, hasFolders)
    tokens.push(token)
    at = end
  }
  return tokens
}

interface Reading<T> {
  readonly token: T
  /** Where the next token begins. */
  readonly end: number
}

/** Folders of `**` take the slash behind it; that of a third star is part of the next token. */
function readStars(text: readonly string[], at: number, hasFolders: boolean): Reading<GlobToken> {
  if (!hasFolders || text[at + 1] !== '*') return { token: { kind: 'star' }, end: at + 1 }
  const end = text[at + 2] === '/' ? at + 3 : at + 2
  return { token: { kind: end === text.length ? 'rest' : 'folders' }, end }
}

function readOne(text: readonly string[], at: number, hasFolders: boolean): Reading<GlobToken> {
  if (text[at] === '?') return { token: { kind: 'any' }, end: at + 1 }
  if (text[at] === '[') return readSet(text, at + 1)
  if (text[at] !== '\\') return { token: { kind: 'text', text: text[at] ?? '' }, end: at + 1 }
  const escaped = text[at + 1]
  if (escaped === undefined) throw new SyntaxError('a backslash is last, expected a character after it')
  const token = hasFolders ? meaningOf(escaped) : ({ kind: 'text', text: escaped } as const)
  return { token, end: at + 2 }
}

/** Returns what `character` means behind a backslash in a regular expression of Go (package regexp/syntax). */
function meaningOf(character: string): GlobToken {
  if (/[^\dA-Za-z]/.test(character) && character <= '\u007f') return { kind: 'text', text: character }
  const control = CONTROLS.get(character)
  if (control !== undefined) return { kind: 'text', text: control }
  const ranges = CLASSES.get(character.toLowerCase())
  if (ranges !== undefined) return { kind: 'set', isNegated: character !== character.toLowerCase(), ranges }
  throw new SyntaxError(`"\\${character}" has no meaning, expected "/" between folders`)
}

const CONTROLS: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: '\u0007', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }),
)
/** By their small letter; the capital is all others. */
const CLASSES: ReadonlyMap<string, CharacterSet['ranges']> = new Map(
  Object.entries({
    d: rangesOf('09'),
    s: rangesOf('\t\n', '\f\r', '  '),
    w: rangesOf('09', 'AZ', '__', 'az'),
  }),
)

function rangesOf(...texts: readonly string[]): CharacterSet['ranges'] {
  return texts.map(text => [text.charCodeAt(0), text.charCodeAt(1)] as const)
}

function readSet(text: readonly string[], start: number): Reading<CharacterSet> {
  const isNegated = text[start] === '^'
  const ranges: (readonly [number, number])[] = []
  let at = isNegated ? start + 1 : start
  while (text[at] !== ']' || ranges.length === 0) {
    const first = readMember(text, at)
    const last = text[first.end] === '-' ? readMember(text, first.end + 1) : first
    ranges.push([first.token, last.token])
    at = last.end
  }
  return { token: { kind: 'set', isNegated, ranges }, end: at + 1 }
}

/** Returns the code point of a member of a set. */
function readMember(text: readonly string[], start: number): Reading<number> {
  const isEscaped = text[start] === '\\'
  const at = isEscaped ? start + 1 : start
  const character = text[at]
  if (character === undefined) throw new SyntaxError('a "[" is not closed, expected a "]"')
  if (!isEscaped && (character === '-' || character === ']')) {
    throw new SyntaxError(`a set has "${character}" in the wrong place, expected "\\${character}"`)
  }
  return { token: character.codePointAt(0) ?? 0, end: at + 1 }
}

/** Tells whether `character` is in `set`. */
export function isInSet({ isNegated, ranges }: CharacterSet, character: string): boolean {
  const point = character.codePointAt(0) ?? 0
  return ranges.some(([first, last]) => first <= point && point <= last) !== isNegated
}
