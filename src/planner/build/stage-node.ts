import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import type { Stage, Word } from '../../model/dockerfile.ts'
import { type PlatformName, parsePlatform } from '../../model/platform.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { expandWord } from './expand-word.ts'
import type { Variables } from './global-scope.ts'
import { about, diagnosticOf, InstructionError } from './instruction-error.ts'
import { contextOf, type Source, sourceOfName, withPlatform } from './source-of-name.ts'

/** A stage, and what it starts from. */
export interface StageNode {
  readonly index: number
  /** In lower case, as the names of stages are compared. */
  readonly name: string | undefined
  /** For people: its name, or `stage-N`. */
  readonly label: string
  readonly stage: Stage
  readonly base: Source
  /** A named context has its name: its instructions are not carried out. */
  readonly isReplaced: boolean
}

/** Returns the stages of a Dockerfile; one whose FROM is wrong starts from nothing. */
export function stageNodes(
  request: BuildPlanRequest,
  globals: Variables,
): Required<Checked<readonly StageNode[]>> & { readonly value: readonly StageNode[] } {
  const nodes: StageNode[] = []
  const diagnostics: Diagnostic[] = []
  for (const stage of request.dockerfile.stages) {
    const scope = { request, globals, before: nodes }
    try {
      nodes.push(nodeOf(stage, scope))
    } catch (error) {
      diagnostics.push(diagnosticOf(error, stage.from.span))
      nodes.push({ ...labels(stage, nodes.length), stage, base: { kind: 'scratch' }, isReplaced: false })
    }
  }
  return { value: nodes, diagnostics }
}

interface StageScope {
  readonly request: BuildPlanRequest
  readonly globals: Variables
  readonly before: readonly StageNode[]
}

function nodeOf(stage: Stage, scope: StageScope): StageNode {
  const { request, before } = scope
  const named = labels(stage, before.length)
  const base = expanded(stage.from.image, scope)
  const platform = platformOf(stage, scope)
  const { span } = stage.from.image
  const context = named.name === undefined ? undefined : contextOf(named.name, request)
  if (context !== undefined) {
    return { ...named, stage, base: withPlatform(context, { platform, span }), isReplaced: true }
  }
  const earlier = before.findLast(({ name }) => name === base)
  if (earlier !== undefined) {
    return { ...named, stage, base: { kind: 'stage', index: earlier.index }, isReplaced: false }
  }
  const stages = before.flatMap(({ name }) => name ?? [])
  return {
    ...named,
    stage,
    base: sourceOfName({ text: base, platform, span, stages }, request),
    isReplaced: false,
  }
}

function labels(stage: Stage, index: number): Pick<StageNode, 'index' | 'name' | 'label'> {
  const name = stage.from.name?.text.toLowerCase()
  return { index, name, label: name ?? `stage-${index}` }
}

/** @throws {InstructionError} If nothing is left of the word. */
function expanded(word: Word, { request, globals }: StageScope): string {
  const { dockerfile } = request
  const unset = new Set<string>()
  const lookup = (name: string): string | undefined => {
    if (!globals.has(name)) unset.add(name)
    return globals.get(name)
  }
  const value = about(word, () => expandWord(word.text, lookup, dockerfile.escape))
  if (value !== '') return value
  const [name] = unset
  const isInStage = dockerfile.stages.some(({ instructions }) =>
    instructions.some(part => part.kind === 'arg' && part.args.some(arg => arg.name === name)),
  )
  throw new InstructionError(`Cannot start from "${word.text}": it is empty`, {
    span: word.span,
    hint: isInStage
      ? `declare ARG ${name} before the first FROM: an ARG within a stage is for that stage alone`
      : name && didYouMean(name, globals.keys()),
  })
}

/** Undefined is that of the build. */
function platformOf({ from }: Stage, scope: StageScope): PlatformName | undefined {
  if (from.platform === undefined) return undefined
  const text = expanded(from.platform, scope)
  const { platform } = scope.request
  try {
    const wanted = parsePlatform(text)
    return wanted === platform || wanted === platform.split('/')[0] ? undefined : wanted
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InstructionError(error.message, { span: from.platform.span })
  }
}
