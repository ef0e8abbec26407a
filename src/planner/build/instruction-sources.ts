import { didYouMean } from '../../base/did-you-mean.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Instruction, Word } from '../../model/dockerfile.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { expandWord } from './expand-word.ts'
import { InstructionError } from './instruction-error.ts'
import { type Source, sourceOfName } from './source-of-name.ts'
import type { StageNode } from './stage-node.ts'

/** Where an instruction is. */
export interface InstructionPlace {
  readonly request: BuildPlanRequest
  readonly nodes: readonly StageNode[]
  /** Of its stage. */
  readonly index: number
}

/**
 * Returns what an instruction names as the source of files: of COPY its `--from`, of RUN that of each mount; undefined
 * is what goes without saying.
 *
 * @throws {InstructionError} If a source is no source, or a stage that is not before this one.
 */
export function instructionSources(
  instruction: Instruction,
  place: InstructionPlace,
): readonly (Source | undefined)[] {
  return namedSources(instruction).map(word => (word === undefined ? undefined : sourceOf(word, place)))
}

function namedSources(instruction: Instruction): readonly (Word | undefined)[] {
  if (instruction.kind === 'run') {
    return instruction.mounts.map(({ type, options }) =>
      type === 'bind' || type === 'cache' ? given(options.get('from')) : undefined,
    )
  }
  return instruction.kind === 'copy' ? [given(instruction.from)] : []
}

function given(word: Word | undefined): Word | undefined {
  return word?.text === '' ? undefined : word
}

function sourceOf({ text, span }: Word, place: InstructionPlace): Source {
  if (/\$./.test(text) || expandWord(text, () => undefined, place.request.dockerfile.escape) !== text) {
    throw new InstructionError(`Cannot expand "${text}": from takes no variables`, {
      span,
      hint: 'declare ARG before the first FROM, name a stage by `FROM ... AS name` with it, and use that name',
    })
  }
  const index = stageIndex(text, span, place.nodes)
  if (index !== undefined && index >= place.index) throw notBefore(text, span, place)
  if (index !== undefined) return { kind: 'stage', index }
  const stages = place.nodes.slice(0, place.index).flatMap(({ name }) => name ?? [])
  return sourceOfName({ text, platform: undefined, span, stages }, place.request)
}

/** Of two stages of one name it is the last of the file. */
function stageIndex(text: string, span: SourceSpan, nodes: readonly StageNode[]): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return nodes.findLast(({ name }) => name === text.toLowerCase())?.index
  const index = Number(text)
  if (nodes[index] !== undefined) return index
  throw new InstructionError(`Cannot copy from stage ${text}: there is no such stage`, {
    span,
    hint: `the stages are 0 to ${nodes.length - 1}`,
  })
}

function notBefore(text: string, span: SourceSpan, { nodes, index }: InstructionPlace): InstructionError {
  const before = nodes.slice(0, index).flatMap(({ name }) => name ?? [])
  const isTwice = before.includes(text.toLowerCase())
  return new InstructionError(
    `Cannot copy from stage "${text}": it needs to be defined before the stage that uses it`,
    {
      span,
      hint: isTwice
        ? `two stages are named "${text}", and the last of them counts`
        : (didYouMean(text, before) ?? 'move the stage up'),
    },
  )
}
