import type { Diagnostic } from '../../base/diagnostic.ts'
import type { BaseImage, BuildStep, TreeRef } from './build-graph.ts'
import type { BuildPlanRequest } from './build-request.ts'
import type { Variables } from './global-scope.ts'
import { emptyImageSettings, parseImageSettings, splitLine, withPath } from './image-settings.ts'
import { aboutImage, diagnosticOf } from './instruction-error.ts'
import { joinPath } from './join-path.ts'
import type { StageCommand } from './needed-stages.ts'
import { planInstruction } from './plan-instruction.ts'
import type { Source } from './source-of-name.ts'
import type { StageNode } from './stage-node.ts'
import type { StageState } from './stage-state.ts'

/** What the stages of a build are planned with. */
export interface StagesInput {
  readonly request: BuildPlanRequest
  readonly globals: Variables
  readonly nodes: readonly StageNode[]
  /** Of those that are needed, by index. */
  readonly commands: ReadonlyMap<number, readonly StageCommand[]>
  /** All that they start from or copy from. */
  readonly images: ReadonlyMap<string, BaseImage>
}

/** The stages that a target needs, gone through. */
export interface PlannedStages {
  /** By index. */
  readonly states: ReadonlyMap<number, StageState>
  readonly steps: readonly BuildStep[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Goes through the needed stages in the order of the Dockerfile. */
export function planStages(input: StagesInput): PlannedStages {
  const states = new Map<number, StageState>()
  const steps: BuildStep[] = []
  const diagnostics: Diagnostic[] = []
  for (const node of input.nodes) {
    const commands = input.commands.get(node.index)
    if (commands === undefined) continue
    const stage = { ...input, node, commands, states, firstId: steps.length + 1 }
    const { state, diagnostics: found } = planStage(stage)
    states.set(node.index, state)
    diagnostics.push(...found)
    steps.push(...placed(state, node))
  }
  return { states, steps, diagnostics }
}

type OneStage = Omit<StagesInput, 'commands'> & {
  readonly node: StageNode
  readonly commands: readonly StageCommand[]
  readonly states: ReadonlyMap<number, StageState>
  readonly firstId: number
}

function planStage(stage: OneStage): {
  readonly state: StageState
  readonly diagnostics: readonly Diagnostic[]
} {
  const { node, request, globals, firstId, commands } = stage
  const diagnostics: Diagnostic[] = []
  let state = startOf(stage, diagnostics)
  for (const command of commands) {
    const context = {
      request,
      globals,
      firstId,
      command,
      label: node.label,
      ignoresCache: ignoresCache(node, request),
      treeOf: (source: Source) => treeOf(source, stage.states),
    }
    try {
      state = planInstruction(state, command.instruction, context)
    } catch (error) {
      const diagnostic = diagnosticOf(error, command.instruction.span)
      if (!hasProblem(node, command)) diagnostics.push(diagnostic)
    }
  }
  return { state, diagnostics }
}

/** Tells whether the parser has said what is wrong with an instruction. */
function hasProblem({ stage: { problems } }: StageNode, { instruction: { span } }: StageCommand): boolean {
  return problems.some(({ span: at }) => at !== undefined && at.line >= span.line && at.line <= span.endLine)
}

function treeOf(source: Source, states: ReadonlyMap<number, StageState>): TreeRef {
  if (source.kind === 'stage') return states.get(source.index)?.tree ?? { kind: 'scratch' }
  return source.kind === 'image' ? { kind: 'image', image: source.key } : source
}

function ignoresCache({ name }: StageNode, { noCache, noCacheFilter }: BuildPlanRequest): boolean {
  return noCache || noCacheFilter.some(filter => filter.toLowerCase() === name)
}

function startOf(stage: OneStage, diagnostics: Diagnostic[]): StageState {
  const { node, states } = stage
  const { base } = node
  const parent = base.kind === 'stage' ? states.get(base.index) : undefined
  const own = { steps: [], setsCommand: false, tree: treeOf(base, states) }
  if (parent !== undefined) {
    return { ...parent, ...own, settings: { ...parent.settings, onBuild: [] } }
  }
  const settings = settingsOf(stage, diagnostics)
  return {
    ...own,
    settings,
    variables: new Map(settings.environment.map(splitLine)),
    argumentNames: [],
    history: [],
    baseImage: base.kind === 'image' ? base.key : undefined,
  }
}

function settingsOf({ node, request, images }: OneStage, diagnostics: Diagnostic[]): StageState['settings'] {
  const image = node.base.kind === 'image' ? images.get(node.base.key) : undefined
  const empty = withPath(emptyImageSettings(request.platform))
  if (image === undefined) return empty
  const { from } = node.stage
  try {
    const { onBuild, workingDir, ...settings } = aboutImage(from.image, () => parseImageSettings(image))
    return withPath({
      ...settings,
      onBuild: node.isReplaced ? onBuild : [],
      workingDir: workingDir === '' ? '' : joinPath('/', workingDir),
    })
  } catch (error) {
    diagnostics.push(diagnosticOf(error, from.span))
    return empty
  }
}

/** An image that a stage starts from counts as a step, a stage or nothing does not. */
function placed({ steps }: StageState, { base }: StageNode): readonly BuildStep[] {
  const before = base.kind === 'image' || base.kind === 'context' ? 1 : 0
  const count = before + steps.length
  return steps.map((step, index) => ({ ...step, position: before + index + 1, count }))
}
