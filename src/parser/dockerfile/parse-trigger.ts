import type { Checked } from '../../base/diagnostic.ts'
import { hasErrors } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Instruction } from '../../model/dockerfile.ts'
import { findingsOf, streamInstructions } from './instruction-stream.ts'
import { splitLines } from './line-reader.ts'

/** Reads an ONBUILD trigger of an image: one instruction. Every span is `span`. */
export function parseTrigger(text: string, span: SourceSpan): Checked<Instruction> {
  const options = { lines: splitLines(text), lineCount: 0, escape: '\\', spanOf: () => span } as const
  const [first, second] = streamInstructions(options)
  const diagnostics = first === undefined ? [] : findingsOf(first.input)
  const instruction = first?.layout?.instruction
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics }
  if (instruction === undefined || second !== undefined || instruction.kind === 'from') {
    const message = `Cannot read ONBUILD trigger "${text}": expected one instruction`
    return { value: undefined, diagnostics: [{ severity: 'error', code: 'dockerfile', message, span }] }
  }
  return { value: instruction, diagnostics }
}
