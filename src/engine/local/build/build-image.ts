import { hasErrors } from '../../../base/diagnostic.ts'
import type { SourceSpan } from '../../../base/source-span.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BuildEvent, ImageBuild } from '../../../model/build-event.ts'
import type { NeededImage } from '../../../planner/build/build-request.ts'
import type { LeasedThing } from '../../../store/lease.ts'
import { type FetchBaseOptions, fetchBase } from './base-images.ts'
import type { BuildMachine } from './build-machine.ts'
import { type RememberedStep, recallBuild, rememberBuild } from './build-memory.ts'
import { LazyPerformer } from './lazy-performer.ts'
import { type LoadedBuild, loadBuild } from './load-build.ts'
import { dockerfileError, type PlannedBuild, planLoaded } from './plan-loaded.ts'
import { rememberSteps } from './remember-steps.ts'
import { exportCaches, openCaches } from './step-caches.ts'
import { StepWalk } from './step-walk.ts'
import { namesOf, storeImage } from './store-image.ts'
import { summaryOf } from './summary-of.ts'

/**
 * Builds an image and stores it under its names. What is done stays cached when it fails.
 *
 * @throws {TcomposeError} `dockerfile`, and all whose names begin with `build-`; as `ImageSource.fetch` for an image that
 *   it starts from.
 * @throws {DOMException} `AbortError` if the signal of `machine` aborts.
 */
export async function buildImage(build: ImageBuild, machine: BuildMachine): Promise<void> {
  const { session, onEvent } = machine
  const failure = new AbortController()
  const signal = AbortSignal.any([machine.signal, failure.signal])
  const own = { ...machine, signal }
  const loaded = await loadBuild(build, { ...own, roots: session.roots })
  const planned = await requirePlan(build, loaded, own)
  for (const { message, span } of planned.warnings) onEvent({ kind: 'notice', message, span })
  onEvent({ kind: 'planned', steps: planned.graph.steps.map(summaryOf) })
  await using caches = await openCaches(build, own)
  const [name = ''] = namesOf(session.roots, build)
  const earlier = recallBuild(session.roots, name)
  // At once: those that this build finds again are then kept already.
  await session.lease.keep(earlier.map(({ diffId }): LeasedThing => `layer ${diffId}`))
  await using performer = new LazyPerformer(build, own, earlier)
  const walk = new StepWalk({
    ...planned,
    contexts: loaded.trees,
    remote: loaded.remote,
    settings: build.config,
    knownContents: contentsOf(earlier),
    session,
    caches: caches.sources,
    signal,
    onEvent,
    perform: (step, folder, walk) => performer.perform(step, folder, walk),
  })
  const walking = walk.run(failure)
  // The kernel takes its time to remove a network: other steps and the store go on meanwhile.
  const closing = walk.commandsRan().then(ran => (ran ? performer.close() : undefined))
  closing.catch(() => undefined)
  const states = await walking.catch(async (error: unknown) => {
    await performer.offerShell(error, machine.signal)
    throw error
  })
  try {
    await loaded.trees.remember()
    await storeImage({ build, machine: own, ...planned, states })
    await exportCaches({ build, machine: own, ...planned, states })
    rememberBuild(session.roots, name, { steps: await rememberSteps(planned.graph, states), earlier })
  } finally {
    await closing
  }
}

function contentsOf(steps: readonly RememberedStep[]): ReadonlyMap<string, readonly string[]> {
  return new Map(steps.flatMap(({ reads, contents }) => (reads === undefined ? [] : [[reads, contents]])))
}

async function requirePlan(
  build: ImageBuild,
  { dockerfile, diagnostics, named }: LoadedBuild,
  { session, dockerfiles, environment, signal, onEvent }: BuildMachine,
): Promise<Extract<PlannedBuild, { kind: 'planned' }>> {
  if (dockerfile === undefined) throw dockerfileError(diagnostics)
  const policy = build.config.pull ? 'always' : 'missing'
  const onProgress = fetching(onEvent)
  const onWarning = (message: string, span: SourceSpan) => onEvent({ kind: 'notice', message, span })
  const get = (needed: NeededImage, policy: FetchBaseOptions['policy']) => {
    const { roots, lease, sealer } = session
    return fetchBase(roots, needed, { policy, signal, lease, sealer, onProgress, onWarning })
  }
  const planned = await planLoaded({
    ...{ build, dockerfile, named, dockerfiles, environment },
    find: needed => get(needed, 'never'),
    fetch: needed => get(needed, policy),
  })
  switch (planned.kind) {
    case 'planned':
      return planned
    case 'invalid':
      throw dockerfileError(planned.diagnostics.filter(diagnostic => hasErrors([diagnostic])))
    case 'lacks-image':
      throw new TcomposeError('image-not-found', `Cannot find image "${planned.needed.reference}"`, {
        span: planned.needed.span,
      })
  }
}

function fetching(onEvent: (event: BuildEvent) => void) {
  return (image: string, bytesDone: number, bytesTotal: number): void =>
    onEvent({ kind: 'fetching', image, bytesDone, bytesTotal })
}
