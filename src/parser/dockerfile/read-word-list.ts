import type { Word } from '../../model/dockerfile.ts'
import type { InstructionInput } from './instruction-input.ts'
import { readJsonWords } from './read-json-words.ts'
import { splitBlankWords } from './split-words.ts'

/** Words of an instruction and how they are written. */
export interface WordList {
  readonly words: readonly Word[]
  readonly isJson: boolean
}

/** Reads a JSON array of strings, or words that blanks separate. Reports items that are no strings. */
export function readWordList(input: InstructionInput): WordList | undefined {
  const json = readJsonWords(input.line, input.body)
  switch (json.kind) {
    case 'words':
      return { words: json.words, isJson: true }
    case 'not-strings':
      reportNotString(input, json.place)
      return undefined
    case 'not-json':
      return { words: splitBlankWords(input.line, input.body), isJson: false }
  }
}

/** Reports an item of a JSON array that is no string. */
export function reportNotString(
  input: InstructionInput,
  place: { readonly start: number; readonly end: number },
): void {
  const item = input.line.text.slice(place.start, place.end)
  input.syntaxError(place, `Cannot read ${input.name}: ${item} in its array is no string`, {
    hint: 'put it in quotes',
  })
}
