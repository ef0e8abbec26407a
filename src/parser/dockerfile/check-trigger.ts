import { InstructionInput } from './instruction-input.ts'
import { readInstruction } from './instruction-readers.ts'
import { splitInstruction } from './split-instruction.ts'

/**
 * Looks for what is wrong with the trigger of an ONBUILD. Only what BuildKit finds when it splits the line is an error:
 * the rest fails where the image is built on.
 */
export function checkTrigger(input: InstructionInput): void {
  const { line, heredocs, escape: escapeCharacter, source } = input
  const parts = splitInstruction(line, input.body.start)
  const trigger = new InstructionInput({
    line,
    ...parts,
    heredocs,
    escape: escapeCharacter,
    span: source.span,
  })
  readInstruction(trigger)
  input.errors.push(...trigger.syntaxErrors)
  for (const error of [...trigger.errors, ...trigger.problems]) {
    if (trigger.syntaxErrors.includes(error)) continue
    const hint = error.hint ?? 'a build that starts from this image fails'
    input.warnings.push({ ...error, severity: 'warning', hint })
  }
  input.warnings.push(...trigger.warnings)
}
