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
 * that is to be itself.
 *
 * @throws {SyntaxError} If a set is not closed, empty or has a range without an end, or a backslash is last.
 */
export function parseGlob(pattern: string, { hasFolders }: GlobSyntax): readonly GlobToken[] {
  const text = [...pattern]
  const tokens: GlobToken[] = []
  for (let at = 0; at < text.length; ) {
    const stars = text[at] === '*' ? readStars(text, at, hasFolders) : undefined
    const { token, end } = stars ?? readOne(text, at)
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

function readOne(text: readonly string[], at: number): Reading<GlobToken> {
  if (text[at] === '?') return { token: { kind: 'any' }, end: at + 1 }
  if (text[at] === '[') return readSet(text, at + 1)
  if (text[at] !== '\\') return { token: { kind: 'text', text: text[at] ?? '' }, end: at + 1 }
  const escaped = text[at + 1]
  if (escaped === undefined) throw new SyntaxError('a backslash is last, expected a character after it')
  return { token: { kind: 'text', text: escaped }, end: at + 2 }
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
