import type { FromInstruction, Word } from '../../../model/dockerfile.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { readFlags } from '../read-flags.ts'
import { splitBlankWords } from '../split-words.ts'

/** FROM with the word `AS`, which the model leaves out. */
export interface ReadFrom {
  readonly instruction: FromInstruction
  readonly as: Word | undefined
}

/** Reads `FROM [--platform=] IMAGE [AS NAME]`. */
export function readFrom(input: InstructionInput): ReadFrom | undefined {
  const platform = readFlags(input, { platform: 'text' }).text('platform')
  const words = input.isEmpty ? [] : splitBlankWords(input.line, input.body)
  const [image, as, name] = words
  if (image === undefined) {
    input.error(input.keyword, 'Cannot read FROM: the image is missing', {
      hint: 'write FROM IMAGE or FROM IMAGE AS NAME',
    })
    return undefined
  }
  const problem = wordsProblem(words)
  if (problem !== undefined) {
    input.error(problem.word, `Cannot read FROM: ${problem.state}`, { hint: problem.hint })
    return undefined
  }
  if (name !== undefined) checkName(input, name)
  return { instruction: { kind: 'from', ...input.source, image, platform, name }, as }
}

interface WordsProblem {
  readonly word: Word
  readonly state: string
  readonly hint: string
}

function wordsProblem(words: readonly Word[]): WordsProblem | undefined {
  const [, as, name, more] = words
  const hint = 'write FROM IMAGE or FROM IMAGE AS NAME'
  if (as === undefined) return undefined
  if (as.text.toLowerCase() !== 'as')
    return { word: as, state: `"${as.text}" follows the image, expected "AS"`, hint }
  if (name === undefined) return { word: as, state: 'the name of the stage is missing', hint }
  return more === undefined
    ? undefined
    : { word: more, state: `"${more.text}" follows the name of the stage`, hint }
}

const STAGE_NAME = /^[a-z][a-z0-9\-_.]*$/

function checkName(input: InstructionInput, name: Word): void {
  if (STAGE_NAME.test(name.text.toLowerCase())) return
  const allowed = 'letters, digits, "-", "_" and ".", with a letter first'
  input.error(name, `Cannot name the stage "${name.text}": expected ${allowed}`)
}
