import type { Digest } from '../../../base/digest.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildGraph } from '../../../planner/build/build-graph.ts'
import { builtImageId } from '../../../store/built/built-image-id.ts'
import { withCachedSteps } from '../../../store/built/cache-document.ts'
import { isUnpacked } from '../../../store/images/image-by-id.ts'
import type { ImageKey } from '../../../store/images/image-key.ts'
import { readImageRecord, readReferenceRecord } from '../../../store/images/image-record.ts'
import { imageSource } from '../image/source/image-sources.ts'
import type { Roots } from '../state/layout.ts'
import type { BuildBase } from './base-images.ts'
import type { BuildMachine } from './build-machine.ts'
import type { BuildSession } from './build-session.ts'
import { imageDocument, type StepLayer } from './image-document.ts'
import { cachedSteps } from './step-caches.ts'
import type { StepState } from './step-result.ts'

/** An image whose steps are done. */
export interface FinishedBuild {
  readonly build: ImageBuild
  readonly machine: BuildMachine
  readonly graph: BuildGraph
  readonly bases: ReadonlyMap<string, BuildBase>
  readonly epochSeconds: number | undefined
  /** By the id of the step. */
  readonly states: ReadonlyMap<number, StepState>
}

/** Brings the layers of a build into the store, and gives the image its names. */
export async function storeImage({
  build,
  machine,
  graph,
  bases,
  epochSeconds,
  states,
}: FinishedBuild): Promise<void> {
  const { session, onEvent } = machine
  await session.publish()
  const inImage = new Set(graph.history.map(({ step }) => step))
  const chain = new Map([...states].filter(([id]) => inImage.has(id)))
  const layers =
    epochSeconds === undefined ? await layersOf(chain) : await clampedLayers(chain, epochSeconds, session)
  const base = graph.baseImage === undefined ? undefined : bases.get(graph.baseImage)?.document
  const plain = imageDocument({ graph, base, layers, epochSeconds })
  const isInline = build.config.cacheTo.some(({ type }) => type === 'inline')
  const document = isInline ? withCachedSteps(plain, await cachedSteps({ graph, states }, false)) : plain
  const names = namesOf(session.roots, build)
  const id = builtImageId(document)
  if (!isNamed(session.roots, id, names)) {
    const { writeBuiltImage } = await import('../../../store/built/write-built-image.ts')
    await writeBuiltImage(session.roots, { document, names, lease: session.lease })
  }
  onEvent({ kind: 'finished', imageId: id, names: [build.image, ...build.config.tags] })
}

/** Tells whether the image is in the store under all of its names. A name leads to nothing without the image's record. */
function isNamed(roots: Roots, id: Digest, names: readonly ImageKey[]): boolean {
  const record = readImageRecord(roots, id)
  if (record === undefined || !isUnpacked(roots, record)) return false
  return names.every(name => readReferenceRecord(roots, name)?.id === id)
}

async function clampedLayers(
  states: ReadonlyMap<number, StepState>,
  epochSeconds: number,
  session: BuildSession,
): Promise<ReadonlyMap<number, StepLayer>> {
  const { clampLayers } = await import('./clamp-layers.ts')
  return await clampLayers(states, epochSeconds, session)
}

async function layersOf(states: ReadonlyMap<number, StepState>): Promise<ReadonlyMap<number, StepLayer>> {
  const made = await Promise.all([...states].map(async ([id, state]) => [id, await state.made()] as const))
  return new Map(made)
}

/** Returns the names that the store gives an image that is built. */
export function namesOf(roots: Roots, { image, platform, config }: ImageBuild): readonly ImageKey[] {
  const wanted = [image, ...config.tags]
  return [...new Set(wanted.map(reference => imageSource(roots, { reference, platform }).name))]
}
