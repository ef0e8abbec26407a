import type { EnvInstruction, LabelInstruction, WordPair } from '../../../model/dockerfile.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { readFlags } from '../read-flags.ts'
import { isSeparator } from '../split-instruction.ts'
import { type QuotedWord, splitQuotedWords } from '../split-words.ts'

/** Reads `ENV NAME=VALUE ...`, or `ENV NAME VALUE`. */
export function readEnv(input: InstructionInput): EnvInstruction | undefined {
  const entries = readPairs(input)
  return entries === undefined ? undefined : { kind: 'env', ...input.source, entries }
}

/** Reads `LABEL NAME=VALUE ...`, or `LABEL NAME VALUE`. */
export function readLabel(input: InstructionInput): LabelInstruction | undefined {
  const entries = readPairs(input)
  return entries === undefined ? undefined : { kind: 'label', ...input.source, entries }
}

function readPairs(input: InstructionInput): readonly WordPair[] | undefined {
  readFlags(input, {})
  const words = splitQuotedWords(input.line, input.body, input.escape)
  const [first] = words
  if (first === undefined) {
    input.error(input.keyword, `Cannot read ${input.name}: the name is missing`, { hint: hintOf(input) })
    return undefined
  }
  if (!first.text.includes('=')) return readOldForm(input)
  return words.map(word => readPair(input, word)).filter(pair => pair !== undefined)
}

function readPair(input: InstructionInput, word: QuotedWord): WordPair | undefined {
  const equals = word.text.indexOf('=')
  if (equals > 0) {
    const middle = word.start + equals
    const value = {
      text: word.text.slice(equals + 1),
      span: input.line.span({ start: middle + 1, end: word.end }),
    }
    return { name: input.line.word({ start: word.start, end: middle }), value, isOldForm: false }
  }
  if (equals === 0) input.error(word, `Cannot read ${input.name}: no name is before "${word.text}"`)
  else {
    const hint = word.text.includes('"')
      ? hintOf(input)
      : `put a value with blanks in quotes, or write ${word.text}=VALUE`
    input.syntaxError(word, `Cannot read ${input.name}: "${word.text}" has no "="`, { hint })
  }
  return undefined
}

/** The value is all that follows the blanks behind the name, blanks and quotes included. */
function readOldForm(input: InstructionInput): readonly WordPair[] | undefined {
  const { line, body } = input
  let end = body.start
  while (end < body.end && !isSeparator(line.text.charCodeAt(end))) end++
  let start = end
  while (start < body.end && isSeparator(line.text.charCodeAt(start))) start++
  const name = line.word({ start: body.start, end })
  if (start < body.end) return [{ name, value: line.word({ start, end: body.end }), isOldForm: true }]
  input.syntaxError(name, `Cannot read ${input.name}: "${name.text}" has no value`, {
    hint: `write ${input.name} ${name.text}=VALUE`,
  })
  return undefined
}

function hintOf({ name }: InstructionInput): string {
  return `write ${name} NAME=VALUE`
}
