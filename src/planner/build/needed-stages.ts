import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import type { Instruction } from '../../model/dockerfile.ts'
import type { BaseImage } from './build-graph.ts'
import type { BuildPlanRequest, NeededImage } from './build-request.ts'
import { onbuildOf } from './image-settings.ts'
import { aboutImage, diagnosticOf } from './instruction-error.ts'
import { instructionSources } from './instruction-sources.ts'
import type { Source } from './source-of-name.ts'
import type { StageNode } from './stage-node.ts'

/** An instruction that a stage carries out. */
export interface StageCommand {
  readonly instruction: Instruction
  /** An ONBUILD trigger of what the stage starts from. */
  readonly isTrigger: boolean
  /** Of COPY its `--from`, of RUN that of each mount. */
  readonly sources: readonly (Source | undefined)[]
}

/** What a target takes. */
export interface NeededStages {
  /** By the index of the stage. */
  readonly commands: ReadonlyMap<number, readonly StageCommand[]>
  /** Each once. */
  readonly images: readonly NeededImage[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What is known when the needed stages are looked for. */
export interface StageKnowledge {
  readonly request: BuildPlanRequest
  readonly nodes: readonly StageNode[]
  /** Triggers of images that are not in it are not known yet. */
  readonly images: ReadonlyMap<string, BaseImage>
}

/** Finds the stages and images that the stage `target` takes, itself included. */
export function neededStages(target: number, knowledge: StageKnowledge): NeededStages {
  const search = new StageSearch(knowledge)
  search.visit(target)
  return search
}

class StageSearch implements NeededStages {
  readonly commands = new Map<number, readonly StageCommand[]>()
  readonly diagnostics: Diagnostic[] = []
  readonly #images = new Map<string, NeededImage>()
  readonly #knowledge: StageKnowledge

  constructor(knowledge: StageKnowledge) {
    this.#knowledge = knowledge
  }

  get images(): readonly NeededImage[] {
    return [...this.#images.values()]
  }

  visit(index: number): void {
    const node = this.#knowledge.nodes[index]
    if (node === undefined || this.commands.has(index)) return
    this.commands.set(index, [])
    this.#need(node.base)
    if (node.isReplaced) return
    this.diagnostics.push(...node.stage.problems)
    const commands = [
      ...this.#triggers(node).map(instruction => ({ instruction, isTrigger: true })),
      ...node.stage.instructions.map(instruction => ({ instruction, isTrigger: false })),
    ].map(command => ({ ...command, sources: this.#sources(command.instruction, node) }))
    this.commands.set(index, commands)
    for (const source of commands.flatMap(({ sources }) => sources)) this.#need(source)
  }

  #need(source: Source | undefined): void {
    if (source?.kind === 'stage') this.visit(source.index)
    if (source?.kind !== 'image' || this.#images.has(source.key)) return
    const { kind: _, ...image } = source
    this.#images.set(image.key, image)
  }

  #triggers({ base, stage }: StageNode): readonly Instruction[] {
    const { request, nodes, images } = this.#knowledge
    const { image, span } = stage.from
    try {
      const triggers = aboutImage(image, () => triggersOf(base, { nodes, images }))
      return triggers.flatMap(trigger => {
        const { value, diagnostics } = request.parseTrigger(trigger, span)
        this.diagnostics.push(...diagnostics)
        return value === undefined || hasErrors(diagnostics) ? [] : value
      })
    } catch (error) {
      this.diagnostics.push(diagnosticOf(error, span))
      return []
    }
  }

  /** Errors here are those of stages that are needed: a source that is not made before. */
  #sources(instruction: Instruction, node: StageNode): readonly (Source | undefined)[] {
    const { request, nodes } = this.#knowledge
    try {
      return instructionSources(instruction, { request, nodes, index: node.index })
    } catch (error) {
      this.diagnostics.push(diagnosticOf(error, instruction.span))
      return []
    }
  }
}

/** A stage does not pass on the triggers that it had from what it starts from. */
function triggersOf(base: Source, { nodes, images }: Omit<StageKnowledge, 'request'>): readonly string[] {
  if (base.kind === 'image') return onbuildOf(images.get(base.key))
  if (base.kind !== 'stage') return []
  const instructions = nodes[base.index]?.stage.instructions ?? []
  return instructions.flatMap(part => (part.kind === 'onbuild' ? part.trigger : []))
}
