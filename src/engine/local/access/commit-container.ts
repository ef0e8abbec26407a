import type { Digest } from '../../../base/digest.ts'
import { type JsonObject, objectAt, objectsAt, textsAt } from '../../../base/json-reader.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { publishLayers } from '../../../store/built/publish-layers.ts'
import { writeBuiltImage } from '../../../store/built/write-built-image.ts'
import { mountedLayers, readImageRecord } from '../../../store/images/image-record.ts'
import { type LeasedThing, openLease } from '../../../store/lease.ts'
import { readDocument } from '../../../store/read-document.ts'
import type { CommitRequest } from '../../container-access.ts'
import type { DockerfileReader } from '../build/dockerfile-reader.ts'
import { imageSource } from '../image/source/image-sources.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { isPaused } from '../state/pause-mark.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import { changedDocument } from './changed-document.ts'
import { containerDocument } from './container-document.ts'
import { type ContainerPlace, pauseContainer, unpauseContainer } from './pause-container.ts'
import { copyUpper, type UpperLayer } from './upper-layer.ts'

/**
 * Makes an image of a container: its image, and on top a layer of what it has changed. Returns the id. Where the container does
 * not run, the caller holds the project's lock.
 *
 * @throws {TcomposeError} `image-invalid` if its image has no layers of its own; what `changedDocument` throws.
 */
export async function commitContainer(
  place: ContainerPlace,
  request: CommitRequest,
  dockerfiles: DockerfileReader,
): Promise<Digest> {
  const { roots, project, container } = place
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  if (entry === undefined) throw new Error(`Cannot find container ${container}: it is not on record`)
  const names = request.name === undefined ? [] : [imageSource(roots, { reference: request.name }).name]
  using lease = openLease(roots)
  const image = await imageOf(place, entry, things => lease.keep(things))
  const settings = changedDocument(containerDocument(image, entry), request.changes, await dockerfiles.load())
  await using upper = await copyWhilePaused(place, request)
  if (upper.layer !== undefined) await publishLayers(roots, [upper.layer], lease)
  const document = withLayer({ image, settings, request, entry }, upper.layer?.sealed.diffId)
  return await writeBuiltImage(roots, { document, names, lease })
}

/** Returns the whole configuration of the container's image. */
async function imageOf(
  { roots }: ContainerPlace,
  { imageId, spec }: ContainerEntry,
  keep: (things: readonly LeasedThing[]) => Promise<void>,
): Promise<JsonObject> {
  const record = imageId === undefined ? undefined : readImageRecord(roots, imageId)
  if (record?.content.kind === 'layers' && imageId !== undefined) {
    const layers = mountedLayers(record.content).map((diffId): LeasedThing => `layer ${diffId}`)
    await keep([`image ${imageId}`, ...layers])
    const document = readDocument(roots, imageId)
    if (document !== undefined) return document
  }
  const state =
    record?.content.kind === 'folder'
      ? `its image "${spec.config.image}" is a folder of this machine, expected one with layers`
      : `its image "${spec.config.image}" is not in the store`
  throw new TcomposeError('image-invalid', `Cannot make an image of ${spec.name}: ${state}`, {
    hint: 'Use "tcompose export" to get its files',
    origin: servicePath(spec.service, 'image'),
  })
}

async function copyWhilePaused(place: ContainerPlace, { pause, signal }: CommitRequest): Promise<UpperLayer> {
  const layout = containerLayout(place.roots, place.project, place.container)
  const isPausing = pause && readProcessState(layout).kind === 'running' && !isPaused(layout)
  if (!isPausing) return await copyUpper(place.roots, layout.upper, signal)
  await pauseContainer(place)
  try {
    return await copyUpper(place.roots, layout.upper, signal)
  } finally {
    // It may have been ended meanwhile.
    if (isPaused(layout)) unpauseContainer(place)
  }
}

interface Committed {
  readonly image: JsonObject
  readonly settings: JsonObject
  readonly request: CommitRequest
  readonly entry: ContainerEntry
}

/** A container that has changed nothing adds no layer. */
function withLayer(
  { image, settings, request: { author, message }, entry }: Committed,
  diffId: Digest | undefined,
): JsonObject {
  const created = new Date().toISOString()
  const { rootfs: _rootfs, history: _history, created: _created, ...rest } = settings
  return {
    ...rest,
    ...(author !== undefined && { author }),
    created,
    rootfs: {
      type: 'layers',
      diff_ids: [
        ...textsAt(objectAt(image, 'rootfs'), 'diff_ids'),
        ...(diffId === undefined ? [] : [diffId]),
      ],
    },
    history: [
      ...objectsAt(image, 'history'),
      {
        created,
        created_by: entry.command.join(' '),
        ...(author !== undefined && { author }),
        ...(message !== undefined && { comment: message }),
        ...(diffId === undefined && { empty_layer: true }),
      },
    ],
  }
}
