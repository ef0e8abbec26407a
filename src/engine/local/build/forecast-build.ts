import type { BuildForecast, ForecastStep, ImageBuild } from '../../../model/build-event.ts'
import type { BuildGraph, BuildStep, TreeRef } from '../../../planner/build/build-graph.ts'
import { builtImageId } from '../../../store/built/built-image-id.ts'
import { LayerSealer } from '../../../store/built/layer-sealer.ts'
import { readStepRecord } from '../../../store/built/step-records.ts'
import { readReferenceRecord } from '../../../store/images/image-record.ts'
import { hasLayer } from '../../../store/layers/layer-store.ts'
import { openLease } from '../../../store/lease.ts'
import type { Roots } from '../state/layout.ts'
import { type BuildBase, fetchBase } from './base-images.ts'
import { type RememberedStep, recallBuild } from './build-memory.ts'
import { causeOf } from './cause-of.ts'
import type { ContextTrees } from './context-trees.ts'
import type { DockerfileReader } from './dockerfile-reader.ts'
import { openLayersTree } from './files/layers-tree.ts'
import type { RemoteSources } from './files/remote-sources.ts'
import type { SourceTree } from './files/source-tree.ts'
import { hashedDefinition } from './hashed-definition.ts'
import { imageDocument, type StepLayer } from './image-document.ts'
import { loadBuild } from './load-build.ts'
import { dockerfileError, planLoaded } from './plan-loaded.ts'
import { sourcesOf } from './sources-of.ts'
import { stepContents } from './step-contents.ts'
import { stepKey } from './step-key.ts'
import type { TreeState } from './step-result.ts'
import { namesOf } from './store-image.ts'
import { storedLayer } from './stored-layer.ts'
import { summaryOf } from './summary-of.ts'

export interface ForecastBuildOptions {
  readonly roots: Roots
  readonly dockerfiles: DockerfileReader
  /** Variables of whoever runs the command. @default none */
  readonly environment?: ReadonlyMap<string, string> | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Returns which steps of a build would run, and why. Reads files and records, and changes nothing.
 *
 * @throws {TcomposeError} `dockerfile`, `build-context`, `build-source`, `build-unsupported`.
 */
export async function forecastBuild(
  build: ImageBuild,
  options: ForecastBuildOptions,
): Promise<BuildForecast> {
  const { roots, dockerfiles, environment = new Map() } = options
  const signal = options.signal ?? new AbortController().signal
  const { dockerfile, diagnostics, named, trees, remote } = await loadBuild(build, {
    ...{ roots, dockerfiles, environment, signal },
  })
  if (dockerfile === undefined) throw dockerfileError(diagnostics)
  using lease = openLease(roots)
  await using sealer = new LayerSealer()
  const planned = await planLoaded({
    build,
    dockerfile,
    named,
    dockerfiles,
    environment,
    fetch: needed =>
      fetchBase(roots, needed, { policy: 'never', signal, lease, sealer, onProgress: () => {} }),
  })
  if (planned.kind === 'invalid') throw dockerfileError(planned.diagnostics)
  if (planned.kind === 'lacks-image') return { steps: [], isCurrent: false, lacks: planned.needed.reference }
  const forecast = new Forecast({ ...planned, roots, build, contexts: trees, remote, sealer, signal })
  const steps: ForecastStep[] = []
  for (const step of planned.graph.steps) steps.push(await forecast.add(step))
  return { steps, isCurrent: forecast.isCurrent() }
}

/** A build that was planned from what is on this machine. */
interface ForecastInput {
  readonly roots: Roots
  readonly build: ImageBuild
  readonly graph: BuildGraph
  readonly bases: ReadonlyMap<string, BuildBase>
  readonly contexts: ContextTrees
  readonly remote: RemoteSources
  readonly sealer: LayerSealer
  readonly signal: AbortSignal
  readonly epochSeconds: number | undefined
}

class Forecast {
  readonly #input: ForecastInput
  readonly #remembered: readonly RememberedStep[]
  /** Undefined for a step that would run, or may. */
  readonly #states = new Map<number, TreeState | undefined>()
  readonly #unknown = new Set<number>()
  readonly #layers = new Map<number, StepLayer>()

  constructor(input: ForecastInput) {
    this.#input = input
    const [name = ''] = namesOf(input.roots, input.build)
    this.#remembered = recallBuild(input.roots, name)
  }

  async add(step: BuildStep): Promise<ForecastStep> {
    const { state, cause, result } = await this.#look(step)
    this.#states.set(step.id, result)
    if (state === 'unknown') this.#unknown.add(step.id)
    return { ...summaryOf(step), state, cause }
  }

  /** Tells whether the name of the image leads to what the build would make. */
  isCurrent(): boolean {
    const { roots, build, graph, bases, epochSeconds } = this.#input
    if ([...this.#states.values()].includes(undefined)) return false
    const base = graph.baseImage === undefined ? undefined : bases.get(graph.baseImage)?.document
    const id = builtImageId(imageDocument({ graph, base, layers: this.#layers, epochSeconds }))
    return namesOf(roots, build).every(name => readReferenceRecord(roots, name)?.id === id)
  }

  async #look(
    step: BuildStep,
  ): Promise<Pick<ForecastStep, 'state' | 'cause'> & { readonly result?: TreeState }> {
    const parent = this.#state(step.parent)
    if (parent === undefined) return { state: this.#stateAbove(step), cause: undefined }
    if (step.ignoresCache) return { state: 'runs', cause: 'the cache is not used' }
    if (this.#readsWhatRuns(step)) return { state: 'unknown', cause: undefined }
    const contents = await stepContents(step.operation, {
      treeOf: ref => this.#tree(ref),
      remote: this.#input.remote,
      signal: this.#input.signal,
    })
    const { roots, build, sealer } = this.#input
    const record = readStepRecord(
      roots,
      stepKey({ step, parent: parent.resultId, contents, settings: build.config }),
    )
    if (record === undefined || !hasLayer(roots, record.diffId)) {
      return { state: 'runs', cause: await this.#cause(step, parent, contents) }
    }
    this.#layers.set(step.id, record)
    const layers = [...parent.layers, storedLayer(roots, record.diffId, sealer)]
    return { state: 'cached', cause: undefined, result: { resultId: record.resultId, layers } }
  }

  /** Returns what becomes of a step on top of one that is not cached. */
  #stateAbove({ parent, ignoresCache }: BuildStep): ForecastStep['state'] {
    const mayStay = parent.kind === 'step' && this.#unknown.has(parent.id)
    return mayStay && !ignoresCache ? 'unknown' : 'runs'
  }

  async #cause(step: BuildStep, { resultId }: TreeState, contents: readonly string[]): Promise<string> {
    const before = this.#remembered.find(
      ({ stage, position }) => stage === step.stage && position === step.position,
    )
    const now = { parent: resultId, contents, definition: hashedDefinition(step.operation) }
    return causeOf({ step, before, now, changedFiles: await this.#input.contexts.changes() })
  }

  #readsWhatRuns({ operation }: BuildStep): boolean {
    return sourcesOf(operation).some(ref => ref.kind !== 'context' && this.#state(ref) === undefined)
  }

  #state(ref: TreeRef): TreeState | undefined {
    switch (ref.kind) {
      case 'scratch':
        return { resultId: 'scratch', layers: [] }
      case 'image':
        return this.#input.bases.get(ref.image)
      case 'step':
        return this.#states.get(ref.id)
      case 'context':
        return undefined
    }
  }

  async #tree(ref: TreeRef): Promise<SourceTree> {
    if (ref.kind === 'context') return await this.#input.contexts.tree(ref)
    return await openLayersTree(this.#state(ref)?.layers ?? [])
  }
}
