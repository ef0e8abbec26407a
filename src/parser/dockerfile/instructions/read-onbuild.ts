import type { OnbuildInstruction } from '../../../model/dockerfile.ts'
import { skipSpace } from '../go-space.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { readFlags } from '../read-flags.ts'
import { splitInstruction } from '../split-instruction.ts'

const REFUSED: ReadonlySet<string> = new Set(['ONBUILD', 'MAINTAINER', 'FROM'])

/** Reads `ONBUILD INSTRUCTION`. */
export function readOnbuild(input: InstructionInput): OnbuildInstruction | undefined {
  readFlags(input, {})
  if (input.isEmpty) {
    input.error(input.keyword, 'Cannot read ONBUILD: the instruction is missing')
    return undefined
  }
  const { keyword } = splitInstruction(input.line, input.body.start)
  const name = input.line.text.slice(keyword.start, keyword.end).toUpperCase()
  if (REFUSED.has(name)) {
    input.error(keyword, `Cannot use ${name} in ONBUILD: it is no trigger`)
    return undefined
  }
  return { kind: 'onbuild', ...input.source, trigger: triggerOf(input) }
}

/** The text is kept, here-documents included, but for the keyword. */
function triggerOf({ line: { text }, keyword, heredocs }: InstructionInput): string {
  const bodies = heredocs.map(({ source, name }) => `\n${source}${name}`)
  return `${text.slice(skipSpace(text, keyword.end))}${bodies.join('')}`
}
