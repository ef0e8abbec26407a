import type { EscapeCharacter, Word } from '../../model/dockerfile.ts'
import { isGoSpace, skipSpace } from './go-space.ts'
import type { LogicalLine, Range } from './logical-line.ts'
import { isSeparator } from './split-instruction.ts'

/** Returns the words of `range`, which blanks separate; quotes have no meaning. */
export function splitBlankWords(line: LogicalLine, range: Range): readonly Word[] {
  const words: Word[] = []
  let index = range.start
  while (index < range.end) {
    const start = index
    while (index < range.end && !isSeparator(line.text.charCodeAt(index))) index++
    words.push(line.word({ start, end: index }))
    while (index < range.end && isSeparator(line.text.charCodeAt(index))) index++
  }
  return words
}

/** A word and where it is in its logical line. */
export interface QuotedWord extends Range {
  /** With its quotes and escapes; an escape character at the very end is gone. */
  readonly text: string
}

/** Returns the words of `range`, which spaces outside of quotes separate. A quote that is not closed reaches to the end. */
export function splitQuotedWords(
  line: LogicalLine,
  range: Range,
  escapeCharacter: EscapeCharacter,
): readonly QuotedWord[] {
  const words: QuotedWord[] = []
  let index = skipSpace(line.text, range.start, range.end)
  while (index < range.end) {
    const word = readQuotedWord(line.text, { start: index, end: range.end }, escapeCharacter)
    if (word.text !== '') words.push(word)
    index = skipSpace(line.text, word.end, range.end)
  }
  return words
}

function readQuotedWord(text: string, range: Range, escapeCharacter: EscapeCharacter): QuotedWord {
  const { start, end } = range
  let quote: string | undefined
  let index = start
  for (; index < end; index++) {
    const character = text[index] ?? ''
    if (quote === undefined && isGoSpace(text.charCodeAt(index))) break
    if (character === escapeCharacter && quote !== "'") {
      if (index + 1 === end) return { start, end, text: text.slice(start, index) }
      index++
    } else quote = nextQuote(quote, character)
  }
  return { start, end: index, text: text.slice(start, index) }
}

/** Returns the quote that is open behind `character`. */
export function nextQuote(quote: string | undefined, character: string): string | undefined {
  if (quote !== undefined) return character === quote ? undefined : quote
  return character === '"' || character === "'" ? character : undefined
}
