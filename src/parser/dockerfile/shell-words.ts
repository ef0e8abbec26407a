import { isGoSpace } from './go-space.ts'
import type { Range } from './logical-line.ts'

/**
 * Returns the words of a line as a shell has them: spaces in quotes and in `${}` separate none, and the words keep
 * their quotes and escapes. A word that begins with `<<` may have blanks behind that. Returns undefined if a quote or
 * brace is not closed, or if `${}` holds what BuildKit does not know.
 */
export function splitShellWords(text: string): readonly Range[] | undefined {
  const words: Range[] = []
  let start: number | undefined
  let index = 0
  while (index < text.length) {
    if (isGoSpace(text.charCodeAt(index))) {
      if (start !== undefined) words.push({ start, end: index })
      start = undefined
      index++
      continue
    }
    start ??= index
    const end = text.startsWith('<<', index) ? skipBlanks(text, index + 2) : skipPiece(text, index)
    if (end === undefined) return undefined
    index = end
  }
  if (start !== undefined) words.push({ start, end: text.length })
  return words
}

/** Returns where the character, quotation, escape or variable at `start` ends; undefined if it does not. */
export function skipPiece(text: string, start: number, depth = 0): number | undefined {
  switch (text[start]) {
    case "'": {
      const end = text.indexOf("'", start + 1)
      return end === -1 ? undefined : end + 1
    }
    case '"':
      return skipDoubleQuoted(text, start, depth)
    case '$':
      return skipVariable(text, start, depth)
    case '\\':
      return Math.min(start + 2, text.length)
    default:
      return start + 1
  }
}

/** Variables are nested no deeper than this. */
const MAX_DEPTH = 100

function skipDoubleQuoted(text: string, start: number, depth: number): number | undefined {
  let index: number | undefined = start + 1
  while (index !== undefined && index < text.length) {
    const character = text[index] ?? ''
    if (character === '"') return index + 1
    if (character === '$') index = skipVariable(text, index, depth)
    else index += character === '\\' && '"$\\'.includes(text[index + 1] ?? ' ') ? 2 : 1
  }
  return undefined
}

function skipVariable(text: string, start: number, depth: number): number | undefined {
  if (text[start + 1] !== '{') return skipName(text, start + 1)
  if (depth > MAX_DEPTH || '{}:'.includes(text[start + 2] ?? '}')) return undefined
  const index = skipName(text, start + 2)
  const modifier = text[index] ?? ''
  if (modifier === '}') return index + 1
  if (modifier === ':') return skipUntil(text, { start: index + 2, stop: '}', depth })
  if (modifier !== '' && '+-?#%'.includes(modifier))
    return skipUntil(text, { start: index + 1, stop: '}', depth })
  if (modifier !== '/') return undefined
  const pattern = text[index + 1] === '/' ? index + 2 : index + 1
  const replacement = skipUntil(text, { start: pattern, stop: '/', depth })
  return replacement === undefined ? undefined : skipUntil(text, { start: replacement, stop: '}', depth })
}

interface Search {
  readonly start: number
  readonly stop: string
  readonly depth: number
}

/** Returns the index behind the next `stop` that is in no quotation, escape or variable. */
function skipUntil(text: string, { start, stop, depth }: Search): number | undefined {
  let index: number | undefined = start
  while (index !== undefined && index < text.length) {
    if (text[index] === stop) return index + 1
    index = skipPiece(text, index, depth + 1)
  }
  return undefined
}

const SPECIAL = '@*#?-$!0'

/** Returns where the name of a variable ends that begins at `start`. */
export function skipName(text: string, start: number): number {
  let index = start
  if (/\p{Nd}/u.test(text[start] ?? '')) {
    while (/\p{Nd}/u.test(text[index] ?? '')) index++
    return index
  }
  if (text[start] !== undefined && SPECIAL.includes(text[start] ?? '')) return start + 1
  while (/[\p{L}\p{Nd}_]/u.test(text[index] ?? '')) index++
  return index
}

function skipBlanks(text: string, start: number): number {
  let index = start
  while (index < text.length && ' \t\r'.includes(text[index] ?? '')) index++
  return index
}
