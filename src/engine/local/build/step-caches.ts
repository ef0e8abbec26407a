import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildGraph } from '../../../planner/build/build-graph.ts'
import type { CachedStep } from '../../../store/built/cache-document.ts'
import type { CacheSource } from '../../../store/built/cache-source.ts'
import type { BuildMachine } from './build-machine.ts'
import type { StepState } from './step-result.ts'

/** The caches that a build reads steps from. */
export interface StepCaches extends AsyncDisposable {
  readonly sources: readonly CacheSource[]
}

/** Opens what `cache_from` names. A cache that cannot be read is none, and a notice. */
export async function openCaches(
  { config }: ImageBuild,
  { session, environment, signal, onEvent }: BuildMachine,
): Promise<StepCaches> {
  await using opened = new AsyncDisposableStack()
  const sources: CacheSource[] = []
  if (config.cacheFrom.length > 0) {
    const { openCacheSource } = await import('../../../registry/open-cache-source.ts')
    for (const cache of config.cacheFrom) {
      try {
        const options = { signal, environment: Object.fromEntries(environment) }
        sources.push(opened.use(await openCacheSource(session.roots, cache, options)))
      } catch (error) {
        if (!(error instanceof TcomposeError)) throw error
        onEvent({ kind: 'notice', message: error.message, span: undefined })
      }
    }
  }
  const held = opened.move()
  return { sources, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** A build whose image is stored. */
export interface CachedBuild {
  readonly build: ImageBuild
  readonly machine: BuildMachine
  readonly graph: BuildGraph
  readonly states: ReadonlyMap<number, StepState>
}

/** Writes the steps of a build where `cache_to` says. @throws {TcomposeError} `build-cache`. */
export async function exportCaches(cached: CachedBuild): Promise<void> {
  const { build, machine } = cached
  const caches = build.config.cacheTo.filter(({ type }) => type !== 'inline')
  if (caches.length === 0) return
  const { exportCache } = await import('../../../registry/export-cache.ts')
  const { session, environment, signal } = machine
  for (const cache of caches) {
    const steps = await cachedSteps(cached, cache.options.get('mode') === 'max')
    await exportCache(session.roots, { cache, steps, signal, environment: Object.fromEntries(environment) })
  }
}

/** Returns the steps whose layers are in the image; with `isAll` those of all stages. */
export async function cachedSteps(
  { graph, states }: Pick<CachedBuild, 'graph' | 'states'>,
  isAll: boolean,
): Promise<readonly CachedStep[]> {
  const inImage = new Set(graph.history.map(({ step }) => step))
  const chosen = graph.steps.filter(({ id }) => isAll || inImage.has(id))
  const steps = await Promise.all(
    chosen.map(async ({ id, text }) => {
      const state = states.get(id)
      if (state === undefined) return []
      const { key, resultId } = state
      return [{ key, record: { resultId, text, ...(await state.made()) } }]
    }),
  )
  return steps.flat()
}
