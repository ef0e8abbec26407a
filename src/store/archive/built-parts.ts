import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { parseDiffIds } from '../../oci/image-config.ts'
import { blobPath } from '../blobs/blob-path.ts'
import { type LayerPlace, type LayersRequest, locateLayers } from '../built/locate-layers.ts'
import { streamLayerTar } from '../built/stream-layer-tar.ts'
import type { Lease } from '../lease.ts'
import { readDocument } from '../read-document.ts'
import type { StorePaths } from '../store-paths.ts'
import { type ImageParts, type LayerPart, manifestOfParts, type UnpackedPart } from './image-parts.ts'

/** An image that the store has no packed form of. */
export interface BuiltPartsRequest extends Omit<LayersRequest, 'diffIds'> {
  readonly id: Digest
  /** Keeps what is read. */
  readonly lease: Lease
  readonly signal: AbortSignal
}

/**
 * Returns the parts of an image whose layers are made again from their files, as far as they are not packed somewhere.
 *
 * @throws {TcomposeError} `image-not-found` if its configuration or a layer is missing, or a layer cannot be made again.
 * @throws {DOMException} `AbortError` if the signal aborts.
 */
export async function builtParts(
  paths: StorePaths,
  { id, lease, signal, ...request }: BuiltPartsRequest,
): Promise<ImageParts<LayerPart>> {
  const document = readDocument(paths, id)
  if (document === undefined) throw notThere(request.label, 'the store does not have its configuration')
  const diffIds = parseDiffIds(document)
  await lease.keep([`image ${id}`, `blob ${id}`, ...diffIds.map(diffId => `layer ${diffId}` as const)])
  const places = await locateLayers(paths, { ...request, diffIds })
  const parts = new Map<Digest, LayerPart>()
  for (const [diffId, place] of places) {
    if (place.kind === 'packed') await lease.keep([`blob ${place.packed.digest}`])
    parts.set(diffId, await partAt(diffId, place, { label: request.label, signal }))
  }
  const file = blobPath(paths, id)
  const config = { digest: id, slice: { file, offset: 0, size: statSync(file).size } }
  const layers = diffIds.flatMap(diffId => parts.get(diffId) ?? [])
  return { id, manifest: manifestOfParts(config, layers), config, layers }
}

interface MeasureOptions {
  readonly label: string
  readonly signal: AbortSignal
}

async function partAt(diffId: Digest, place: LayerPlace, options: MeasureOptions): Promise<LayerPart> {
  if (place.kind === 'packed') return { digest: place.packed.digest, slice: place.slice }
  return await measuredLayer(diffId, place.folder, options)
}

/** An archive says how large a file is before its content, and nothing is written before it is known to be right. */
async function measuredLayer(
  diffId: Digest,
  folder: string,
  { label, signal }: MeasureOptions,
): Promise<UnpackedPart> {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
    throw notThere(label, `the store does not have its layer ${diffId}`)
  }
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of streamLayerTar(folder)) {
    signal.throwIfAborted()
    hash.update(chunk)
    size += chunk.length
  }
  if (`sha256:${hash.digest('hex')}` === diffId) return { digest: diffId, size, folder }
  throw notThere(
    label,
    `the store has its layer ${diffId} unpacked only, expected the packed form in which it came`,
  )
}

function notThere(label: string, problem: string): TcomposeError {
  return new TcomposeError('image-not-found', `Cannot save image "${label}": ${problem}`, {
    hint: 'Fetch the image again, with `tcompose pull` or from its archive; build one again that was built here',
  })
}
