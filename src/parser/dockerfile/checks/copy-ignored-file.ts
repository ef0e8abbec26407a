import type { CopyInstruction, Instruction, Word } from '../../../model/dockerfile.ts'
import type { Check } from './check.ts'

/** COPY and ADD name no file that `.dockerignore` leaves out. */
export const copyIgnoredFile: Check = {
  name: 'CopyIgnoredFile',
  isExperimental: true,
  find: ({ stages }, { isIgnored }) => {
    if (isIgnored === undefined) return []
    return stages.flatMap(({ instructions }) =>
      instructions.flatMap(sourcesOf).flatMap(({ text, span }) => {
        if (!isIgnored(text.replace(/^\/+/, ''))) return []
        return [{ message: `"${text}" is left out by .dockerignore`, span }]
      }),
    )
  },
}

function sourcesOf(instruction: Instruction): readonly Word[] {
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') return []
  if (instruction.from !== undefined) return []
  return instruction.sources.filter((source, index) => isPath(instruction, source, index))
}

function isPath({ kind, heredocs }: CopyInstruction, { text }: Word, index: number): boolean {
  if (heredocs.has(index) || /[$*?[\\"']/.test(text)) return false
  return kind === 'copy' || !/^(?:\w+:\/\/|git@)/.test(text)
}
