import type { EscapeCharacter } from '../../../model/dockerfile.ts'
import { skipName } from '../shell-words.ts'
import { nextQuote } from '../split-words.ts'

/** A variable that a word uses. */
export interface UsedVariable {
  readonly name: string
  /** Whether the word says what holds if it is not set: `${NAME:-default}` and the like. */
  readonly hasDefault: boolean
  /** Where its `$` is. */
  readonly start: number
}

interface ScanOptions {
  readonly escape: EscapeCharacter
  /** Whether quotes have a meaning. */
  readonly hasQuotes: boolean
}

/** Returns the variables of a word in order; those in single quotes are none. */
export function variablesIn(
  text: string,
  { escape: escapeCharacter, hasQuotes }: ScanOptions,
): readonly UsedVariable[] {
  const found: UsedVariable[] = []
  let quote: string | undefined
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (quote === "'") quote = nextQuote(quote, character)
    else if (character === escapeCharacter) index++
    else if (character === '$') {
      const variable = readVariable(text, index)
      if (variable.name !== '') found.push(variable)
      index = variable.end - 1
    } else if (hasQuotes) quote = nextQuote(quote, character)
  }
  return found
}

/** The word behind a modifier is read as any other text, so that variables in it are found too. */
function readVariable(text: string, start: number): UsedVariable & { readonly end: number } {
  const isBraced = text[start + 1] === '{'
  const begin = start + (isBraced ? 2 : 1)
  const end = Math.max(skipName(text, begin), start + 1)
  const modifier = text[end] === ':' ? text[end + 1] : text[end]
  const hasDefault = isBraced && modifier !== undefined && '-+?'.includes(modifier)
  return { name: text.slice(begin, end), hasDefault, start, end }
}
