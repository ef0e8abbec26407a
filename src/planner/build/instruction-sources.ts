import { didYouMean } from '../../base/did-you-mean.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Instruction, Word } from '../../model/dockerfile.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { InstructionError } from './instruction-error.ts'
import { type Source, sourceOfName } from './source-of-name.ts'
import type { StageNode } from './stage-node.ts'

/** A stage that an instruction or FROM names. */
export interface StageUse {
  /** There need not be a stage of that number. */
  readonly index: number
  readonly word: Word
  /** Of the instruction. */
  readonly span: SourceSpan
}

/** Returns the stages that `node` takes: what it starts from, and those that its instructions name. */
export function usedStages({ base, stage }: StageNode, nodes: readonly StageNode[]): readonly StageUse[] {
  const { image, span } = stage.from
  const start = base.kind === 'stage' ? [{ index: base.index, word: image, span }] : []
  const named = stage.instructions.flatMap(instruction =>
    namedSources(instruction).flatMap(word => {
      const index = word && stageIndex(word.text, nodes)
      return word === undefined || index === undefined ? [] : { index, word, span: instruction.span }
    }),
  )
  return [...start, ...named]
}

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
  // BuildKit gets what `from` names also for a mount that has no use of it.
  if (instruction.kind === 'run') return instruction.mounts.map(({ options }) => given(options.get('from')))
  return instruction.kind === 'copy' ? [given(instruction.from)] : []
}

function given(word: Word | undefined): Word | undefined {
  return word?.text === '' ? undefined : word
}

function sourceOf(word: Word, place: InstructionPlace): Source {
  const { nodes, request } = place
  const { text, span } = word
  const index = stageIndex(text, nodes)
  const stages = nodes.slice(0, place.index).flatMap(({ name }) => name ?? [])
  if (index === undefined) {
    const source = sourceOfName({ text, platform: undefined, span, stages }, request)
    return source.kind === 'image' ? withStages(source, text, stages) : source
  }
  if (nodes[index] === undefined) throw noSuchStage(word, nodes.length)
  if (index >= place.index) throw notBefore(word, stages)
  return { kind: 'stage', index }
}

/** A word alone that is the name of no image may be meant as a stage. */
function withStages(
  image: Extract<Source, { kind: 'image' }>,
  text: string,
  stages: readonly string[],
): Source {
  if (image.hint !== undefined || stages.length === 0 || !/^[\w-]+$/.test(text)) return image
  const names = stages.map(name => `"${name}"`).join(', ')
  return { ...image, hint: `No stage before this line is named "${text}"; named are ${names}` }
}

/** Of two stages of one name it is the last of the file. A number need not be that of a stage. */
function stageIndex(text: string, nodes: readonly StageNode[]): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  return nodes.findLast(({ name }) => name === text.toLowerCase())?.index
}

/** The error of a number that is that of no stage. */
export function noSuchStage({ text, span }: Word, count: number): InstructionError {
  return new InstructionError(`Cannot copy from stage ${text}: there is no such stage`, {
    span,
    hint: `the stages are numbered from 0 to ${count - 1}`,
  })
}

function notBefore({ text, span }: Word, before: readonly string[]): InstructionError {
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
