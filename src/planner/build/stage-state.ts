import type { Instruction, Word } from '../../model/dockerfile.ts'
import type { BuildOperation, BuildStep, HistoryEntry, TreeRef } from './build-graph.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { expandWord } from './expand-word.ts'
import type { Variables } from './global-scope.ts'
import type { ImageSettings } from './image-settings.ts'
import { about } from './instruction-error.ts'
import type { StageCommand } from './needed-stages.ts'
import type { Source } from './source-of-name.ts'

/** What a stage has come to behind one of its instructions. */
export interface StageState {
  readonly settings: ImageSettings
  /** What the next instruction sees: ENV of the image and of the stage, and ARG, the later of two of one name. */
  readonly variables: Variables
  /** Names of ARG, in the order of their first declaration. */
  readonly argumentNames: readonly string[]
  readonly tree: TreeRef
  readonly history: readonly HistoryEntry[]
  /** Those of this stage. */
  readonly steps: readonly StageStep[]
  /** Whether CMD is in this stage: ENTRYPOINT drops one from elsewhere. */
  readonly setsCommand: boolean
  /** Of the image at the bottom. */
  readonly baseImage: string | undefined
}

/** A step whose stage is not gone through yet. */
export type StageStep = Omit<BuildStep, 'position' | 'count'>

/** Where an instruction is carried out. */
export interface StageContext {
  readonly request: BuildPlanRequest
  readonly globals: Variables
  /** For people. */
  readonly label: string
  readonly command: StageCommand
  /** Of the stage's first step. */
  readonly firstId: number
  readonly ignoresCache: boolean
  /** Returns the files of a source. */
  readonly treeOf: (source: Source) => TreeRef
}

/** Expands `word` with what `state` knows. @throws {InstructionError} If it cannot be expanded. */
export function expandIn(state: StageState, word: Word, { request }: StageContext): string {
  const { dockerfile } = request
  return about(word, () => expandWord(word.text, name => state.variables.get(name), dockerfile.escape))
}

/** Returns `state` with other settings, and a line of history that made no layer. */
export function withSettings(
  state: StageState,
  settings: Partial<ImageSettings>,
  createdBy: string,
): StageState {
  return {
    ...state,
    settings: { ...state.settings, ...settings },
    history: [...state.history, { createdBy, step: undefined }],
  }
}

/** What a step is. */
export interface StepOutline {
  readonly operation: BuildOperation
  readonly createdBy: string
  readonly instruction: Instruction
}

/** Returns `state` with one more step on top. */
export function withStep(state: StageState, outline: StepOutline, context: StageContext): StageState {
  const { operation, createdBy, instruction } = outline
  const id = context.firstId + state.steps.length
  const step = {
    id,
    stage: context.label,
    text: textOf(instruction, context.command),
    span: instruction.span,
    parent: state.tree,
    operation,
    ignoresCache: context.ignoresCache,
  }
  return {
    ...state,
    tree: { kind: 'step', id },
    steps: [...state.steps, step],
    history: [...state.history, { createdBy, step: id }],
  }
}

/** A script is known by its first line. */
function textOf(instruction: Instruction, { isTrigger }: StageCommand): string {
  const text = instruction.text.replace(/^\S+/, keyword => keyword.toUpperCase())
  const script =
    instruction.kind === 'run' && instruction.isScript ? instruction.heredocs[0]?.content : undefined
  const [first = '', ...more] = script?.trim().split('\n') ?? []
  const summary = script === undefined ? '' : ` (${first}${more.length > 0 ? '...' : ''})`
  return `${isTrigger ? 'ONBUILD ' : ''}${text}${summary}`
}
