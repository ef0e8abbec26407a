import type { ArgInstruction } from '../../../model/dockerfile.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { ignoreFlags } from '../read-flags.ts'
import { type QuotedWord, splitQuotedWords } from '../split-words.ts'

type Argument = ArgInstruction['args'][number]

/** Reads `ARG NAME[=VALUE] ...`. */
export function readArg(input: InstructionInput): ArgInstruction | undefined {
  ignoreFlags(input)
  const words = splitQuotedWords(input.line, input.body, input.escape)
  if (words.length === 0) {
    input.error(input.keyword, 'Cannot read ARG: the name is missing', {
      hint: 'write ARG NAME or ARG NAME=VALUE',
    })
    return undefined
  }
  const args = words.map(word => readArgument(input, word)).filter(argument => argument !== undefined)
  return { kind: 'arg', ...input.source, args }
}

function readArgument(input: InstructionInput, word: QuotedWord): Argument | undefined {
  const span = input.line.span(word)
  const equals = word.text.indexOf('=')
  if (equals === -1) return { name: word.text, value: undefined, span }
  if (equals === 0) {
    input.error(word, `Cannot read ARG: no name is before "${word.text}"`)
    return undefined
  }
  const start = word.start + equals + 1
  const value = { text: word.text.slice(equals + 1), span: input.line.span({ start, end: word.end }) }
  return { name: word.text.slice(0, equals), value, span }
}
