/**
 * Patterns of `${X#pattern}` and the like: `*` and `?`, a backslash before them or itself; there are no brackets.
 * A pattern that begins with `#` or `%`, which is how `##` and `%%` arrive, takes the longest match, else the shortest.
 */

/** Returns `value` without what `pattern` matches at its start. @throws {SyntaxError} If it is no pattern. */
export function removePrefix(value: string, pattern: string): string {
  const isLongest = pattern.startsWith('#')
  return withoutStart(value, isLongest ? pattern.slice(1) : pattern, isLongest)
}

/** Returns `value` without what `pattern` matches at its end. @throws {SyntaxError} If it is no pattern. */
export function removeSuffix(value: string, pattern: string): string {
  const isLongest = pattern.startsWith('%')
  const mirrored = mirroredPattern(isLongest ? pattern.slice(1) : pattern)
  return mirroredText(withoutStart(mirroredText(value), mirrored, isLongest))
}

/** What `${X/pattern/replacement}` does; `//` replaces everywhere. */
export interface Replacement {
  readonly pattern: string
  readonly replacement: string
  readonly everywhere: boolean
}

/** Returns `value` with the longest matches of a pattern replaced. @throws {SyntaxError} If it is no pattern. */
export function replacePattern(value: string, { pattern, replacement, everywhere }: Replacement): string {
  const expression = new RegExp(expressionOf(pattern, '.*'), 'gu')
  let result = ''
  let end = 0
  for (const match of value.matchAll(expression)) {
    const abuts = match[0] === '' && match.index === end && match.index > 0
    if (abuts) continue
    result += value.slice(end, match.index) + replacement
    end = match.index + match[0].length
    if (!everywhere) break
  }
  return result + value.slice(end)
}

function withoutStart(value: string, pattern: string, isLongest: boolean): string {
  const expression = new RegExp(`^${expressionOf(pattern, isLongest ? '.*' : '.*?')}`, 'u')
  return value.slice(expression.exec(value)?.[0].length ?? 0)
}

const SYNTAX = new Set('[]{}.+()|^$')

function expressionOf(pattern: string, star: string): string {
  const characters = Array.from(pattern)
  let expression = ''
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? ''
    if (character === '*') expression += star
    else if (character === '?') expression += '.'
    else if (character !== '\\') expression += literal(character)
    else {
      index += 1
      expression += escapedLiteral(characters[index])
    }
  }
  return expression
}

function literal(character: string): string {
  return SYNTAX.has(character) ? `\\${character}` : character
}

/** A `}` and a `/` must be escaped to be in a substitution. */
function escapedLiteral(character: string | undefined): string {
  if (character === '}' || character === '/') return literal(character)
  if (character === '*' || character === '?' || character === '\\') return `\\${character}`
  throw new SyntaxError(`invalid escape (\\${character ?? ''}) in the pattern of a substitution`)
}

/** A pair of a backslash and what it escapes keeps its order. */
function mirroredPattern(pattern: string): string {
  return (pattern.match(/\\.|./gsu) ?? []).toReversed().join('')
}

function mirroredText(text: string): string {
  return Array.from(text).toReversed().join('')
}
