import { randomBytes } from 'node:crypto'
import { assertNever } from '../../../base/assert-never.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BuildEvent } from '../../../model/build-event.ts'
import type { BuildGraph, BuildStep, TreeRef } from '../../../planner/build/build-graph.ts'
import type { CacheSource } from '../../../store/built/cache-source.ts'
import type { SealOptions } from '../../../store/built/layer-sealer.ts'
import {
  readStepRecord,
  type StepKey,
  type StepRecord,
  touchStepRecord,
} from '../../../store/built/step-records.ts'
import { hasLayer } from '../../../store/layers/layer-store.ts'
import type { BuildBase } from './base-images.ts'
import type { BuildSession, MadeStep } from './build-session.ts'
import type { ContextTrees } from './context-trees.ts'
import type { SourceAccess } from './files/digest-sources.ts'
import { openLayersTree } from './files/layers-tree.ts'
import type { RemoteSources } from './files/remote-sources.ts'
import type { SourceTree } from './files/source-tree.ts'
import { readsOf } from './reads-of.ts'
import type { RunSettings } from './run-settings.ts'
import { stepContents } from './step-contents.ts'
import { stepKey } from './step-key.ts'
import type { StepResult, StepState, TreeState } from './step-result.ts'

/** What the steps of one build are evaluated with. */
export interface WalkContext {
  readonly graph: BuildGraph
  readonly bases: ReadonlyMap<string, BuildBase>
  readonly contexts: ContextTrees
  readonly remote: RemoteSources
  readonly settings: RunSettings
  /** Digests of what steps read, by what `readsOf` returns. */
  readonly knownContents: ReadonlyMap<string, readonly string[]>
  readonly session: BuildSession
  /** Where steps are found that this machine has not made. */
  readonly caches: readonly CacheSource[]
  readonly signal: AbortSignal
  readonly onEvent: (event: BuildEvent) => void
  /** Makes the layer of a step at `folder`, where nothing is yet. */
  readonly perform: (step: BuildStep, folder: string, walk: StepWalk) => Promise<Performed>
}

/** How a layer was made. */
export interface Performed {
  /** False: files changed since the key of the step was made from them, so it does not describe the layer. */
  readonly isAsKeyed: boolean
  /** How the layer is hashed. */
  readonly sealing?: SealOptions
}

/** Evaluates the steps of a graph, each once and as soon as what it needs is there. */
export class StepWalk {
  readonly #context: WalkContext
  readonly #states = new Map<number, Promise<StepState>>()

  constructor(context: WalkContext) {
    this.#context = context
  }

  /**
   * Evaluates every step, and returns what each made. The first failure aborts `others`, whose signal is among that of
   * the context; nothing runs any more when this rejects.
   */
  async run(others: AbortController): Promise<ReadonlyMap<number, StepState>> {
    const { steps } = this.#context.graph
    const failures: unknown[] = []
    const states = await Promise.all(
      steps.map(async step => {
        try {
          return [step.id, await this.#state(step)] as const
        } catch (error) {
          failures.push(error)
          others.abort()
          return undefined
        }
      }),
    )
    if (failures.length > 0) throw failures.find(error => !isAbort(error)) ?? failures[0]
    return new Map(states.filter(state => state !== undefined))
  }

  /** Resolves when the commands of all steps are cached or have run; false if one has not. */
  async commandsRan(): Promise<boolean> {
    const commands = this.#context.graph.steps.filter(({ operation }) => operation.kind === 'run')
    try {
      await Promise.all(commands.map(step => this.#state(step)))
      return true
    } catch {
      return false
    }
  }

  /** Returns the files that `ref` means, evaluating what makes them. Contexts have no state. */
  async state(ref: Exclude<TreeRef, { kind: 'context' }>): Promise<TreeState> {
    switch (ref.kind) {
      case 'scratch':
        return { resultId: 'scratch', layers: [] }
      case 'image':
        return this.#base(ref.image)
      case 'step':
        return await this.#state(this.#step(ref.id))
      default:
        return assertNever(ref)
    }
  }

  /** Returns the files that `ref` means, to be read. */
  async tree(ref: TreeRef): Promise<SourceTree> {
    if (ref.kind === 'context') return await this.#context.contexts.tree(ref)
    const { layers } = await this.state(ref)
    return await openLayersTree(layers)
  }

  /** What steps read files by. */
  get access(): SourceAccess {
    const { remote, signal } = this.#context
    return { treeOf: ref => this.tree(ref), remote, signal }
  }

  #base(key: string): BuildBase {
    const base = this.#context.bases.get(key)
    if (base === undefined) throw new Error(`Image "${key}" was not resolved`)
    return base
  }

  #step(id: number): BuildStep {
    const step = this.#context.graph.steps.find(step => step.id === id)
    if (step === undefined) throw new Error(`Step ${id} is not in the graph`)
    return step
  }

  #state(step: BuildStep): Promise<StepState> {
    const known = this.#states.get(step.id)
    if (known !== undefined) return known
    const state = this.#evaluate(step)
    state.catch(() => undefined)
    this.#states.set(step.id, state)
    return state
  }

  async #evaluate(step: BuildStep): Promise<StepState> {
    const { settings, knownContents, signal } = this.#context
    const parent = await this.#parentOf(step)
    const reads = await readsOf(step.operation, async ref => (await this.state(ref)).resultId)
    const known = reads === undefined ? undefined : knownContents.get(reads)
    const contents = known ?? (await stepContents(step.operation, this.access))
    signal.throwIfAborted()
    const key = stepKey({ step, parent: parent.resultId, contents, settings })
    const result = await this.#result(step, key)
    const layers = [...parent.layers, result.layer]
    return { ...result, layers, key, parent: parent.resultId, contents, reads }
  }

  async #parentOf({ parent }: BuildStep): Promise<TreeState> {
    if (parent.kind === 'context') throw new Error('A step starts from a context')
    return await this.state(parent)
  }

  /** Takes the result that another build of the session finds or makes, or does that for the others. */
  async #result(step: BuildStep, key: StepKey): Promise<StepResult> {
    const { running } = this.#context.session
    for (let other = running.get(key); other !== undefined; other = running.get(key)) {
      const result = await this.#unlessCancelled(other)
      const isGood = result?.isMade === true || !step.ignoresCache
      if (result !== undefined && isGood) return this.#cached(step, result)
      if (running.get(key) === other) running.delete(key)
    }
    const finding = this.#findOrMake(step, key)
    running.set(key, finding)
    finding.catch(() => running.delete(key))
    return await finding
  }

  async #findOrMake(step: BuildStep, key: StepKey): Promise<StepResult> {
    const recorded = step.ignoresCache ? undefined : await this.#recorded(key)
    return recorded === undefined ? await this.#make(step, key) : this.#cached(step, recorded)
  }

  /** The build that makes a result may be cancelled while this one goes on: then it is made here. */
  async #unlessCancelled(running: Promise<StepResult>): Promise<StepResult | undefined> {
    try {
      return await running
    } catch (error) {
      if (isAbort(error) && !this.#context.signal.aborted) return undefined
      throw error
    }
  }

  #cached({ id }: BuildStep, result: StepResult): StepResult {
    this.#context.onEvent({ kind: 'step-finished', id, outcome: 'cached', tookMs: 0 })
    return result
  }

  /** What a cache cannot give is made here. */
  async #fromCaches(key: StepKey): Promise<StepRecord | undefined> {
    const { caches, session, onEvent } = this.#context
    for (const cache of caches) {
      try {
        const record = await cache.find(key, session.lease)
        if (record !== undefined) return record
      } catch (error) {
        if (!(error instanceof TcomposeError)) throw error
        onEvent({ kind: 'notice', message: error.message, span: undefined })
      }
    }
    return undefined
  }

  async #recorded(key: StepKey): Promise<StepResult | undefined> {
    const { session } = this.#context
    const { roots, lease } = session
    const record = readStepRecord(roots, key) ?? (await this.#fromCaches(key))
    if (record === undefined) return undefined
    const { resultId, diffId, createdAt } = record
    await lease.keep([`layer ${diffId}`])
    if (!hasLayer(roots, diffId)) return undefined
    touchStepRecord(roots, key)
    const made = async () => ({ diffId, createdAt })
    return { resultId, layer: session.stored(diffId), made, isMade: false }
  }

  async #make(step: BuildStep, key: StepKey): Promise<StepResult> {
    const { session, onEvent, perform } = this.#context
    const { id, text } = step
    const startedAt = performance.now()
    const finish = (outcome: 'done' | 'failed' | 'cancelled') =>
      onEvent({ kind: 'step-finished', id, outcome, tookMs: performance.now() - startedAt })
    onEvent({ kind: 'step-started', id })
    try {
      const folder = session.newFolder()
      const { isAsKeyed, sealing } = await perform(step, folder, this)
      const createdAt = Date.now()
      const resultId = randomBytes(32).toString('hex')
      const made: MadeStep = { key: isAsKeyed ? key : undefined, resultId, text, createdAt }
      const layer = session.add(folder, made, sealing)
      finish('done')
      const record = async () => ({ diffId: (await layer.sealed).diffId, createdAt })
      return { resultId, layer, made: record, isMade: true }
    } catch (error) {
      finish(isAbort(error) ? 'cancelled' : 'failed')
      throw error
    }
  }
}

/** Tells whether `error` is that of a signal that aborted. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
