import type { SourceSpan } from '../../../base/source-span.ts'
import type { CopyInstruction, EscapeCharacter, Instruction, Word } from '../../../model/dockerfile.ts'
import { variablesIn } from './variables-in.ts'

/** The variables that a part of an instruction needs, and those that are there behind it. */
export interface VariableUse {
  /** Names of variables that have no default. */
  readonly names: readonly string[]
  readonly span: SourceSpan
  readonly declares: readonly string[]
}

/** Returns what BuildKit expands of an instruction, in order. Of ARG each argument is there for the next one. */
export function usesOf(
  instruction: Instruction,
  file: { readonly escape: EscapeCharacter },
): readonly VariableUse[] {
  if (instruction.kind === 'arg') {
    return instruction.args.map(({ name, value, span }) => ({
      names: value === undefined ? [] : namesIn(value.text, file.escape),
      span: value?.span ?? span,
      declares: [unquoted(name)],
    }))
  }
  const words = expandedWords(instruction).map(({ text, span }) => ({
    names: namesIn(text, file.escape),
    span,
    declares: [],
  }))
  return [
    ...words,
    ...bodiesOf(instruction),
    { names: [], span: instruction.span, declares: declaredNames(instruction) },
  ]
}

/** Returns the names of the variables that an instruction sets. */
export function declaredNames(instruction: Instruction): readonly string[] {
  if (instruction.kind === 'arg') return instruction.args.map(({ name }) => unquoted(name))
  return instruction.kind === 'env' ? instruction.entries.map(({ name }) => unquoted(name.text)) : []
}

function namesIn(text: string, escapeCharacter: EscapeCharacter): readonly string[] {
  const used = variablesIn(text, { escape: escapeCharacter, hasQuotes: true })
  return used.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name)
}

function unquoted(name: string): string {
  return name.replaceAll(/["']/g, '')
}

function expandedWords(instruction: Instruction): readonly Word[] {
  switch (instruction.kind) {
    case 'env':
    case 'label':
      return instruction.entries.flatMap(({ name, value }) => [name, value])
    case 'copy':
    case 'add':
      return copyWords(instruction)
    case 'run':
      return instruction.mounts.flatMap(({ options }) => [...options.values()])
    case 'user':
      return [instruction.user]
    case 'volume':
      return instruction.paths
    case 'workdir':
      return [instruction.path]
    case 'stopsignal':
      return [instruction.signal]
    default:
      return []
  }
}

function copyWords({ sources, heredocs, destination, ...flags }: CopyInstruction): readonly Word[] {
  const paths = sources.filter((_, index) => !heredocs.has(index))
  const values = [flags.chown, flags.chmod, flags.checksum].filter(word => word !== undefined)
  return [...values, ...flags.excludes, ...paths, destination]
}

/** In a here-document quotes have no meaning, and the escape character is always a backslash. */
function bodiesOf(instruction: Instruction): readonly VariableUse[] {
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') return []
  return [...instruction.heredocs.values()]
    .filter(({ isExpanded }) => isExpanded)
    .map(({ content, span }) => {
      const used = variablesIn(content, { escape: '\\', hasQuotes: false })
      return {
        names: used.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name),
        span,
        declares: [],
      }
    })
}
