import { statSync } from 'node:fs'
import { sha256 } from '../archive/content-source.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { parseDiffIds } from '../oci/image-config.ts'
import { blobPath } from '../store/blobs/blob-path.ts'
import { LayerNotRemade, type LayerPacker } from '../store/built/layer-packer.ts'
import { type LayerPlace, locateLayers, type OpenSource } from '../store/built/locate-layers.ts'
import type { PackedLayer } from '../store/layers/packed-layer.ts'
import type { Lease } from '../store/lease.ts'
import { readDocument } from '../store/read-document.ts'
import { readContents } from '../store/store-contents.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { OCI_MANIFEST } from '../store/tag-image.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import type { UploadedBlob } from './upload-blob.ts'

/** How to get at layers that the store has unpacked alone, all or some. */
export interface BuiltRequest {
  /** What is pushed, as the user wrote it, for errors. */
  readonly reference: string
  readonly openSource: OpenSource
  readonly packer: LayerPacker
  readonly sources: AsyncDisposableStack
  /** Keeps what is read. */
  readonly lease: Lease
}

/** What is pushed of such an image. */
export interface BuiltContent {
  readonly manifest: ManifestDocument
  readonly blobs: readonly UploadedBlob[]
}

const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'

/**
 * Returns what is pushed of a built image. A layer of which it is known what blob it is packed in is packed only if the
 * registry does not have that.
 *
 * @throws {TcomposeError} `image-not-found` if its configuration or a layer is missing, or a layer cannot be made again.
 */
export async function builtContent(
  paths: StorePaths,
  id: Digest,
  request: BuiltRequest,
): Promise<BuiltContent> {
  const { reference, lease } = request
  const document = readDocument(paths, id)
  if (document === undefined) throw notPacked(reference, 'the store does not have its configuration')
  await lease.keep([`image ${id}`, `blob ${id}`])
  const layers = await uploadedLayers(paths, parseDiffIds(document), request)
  return contentOf(configBlob(paths, id), layers)
}

/** Returns what is pushed of an image of these parts. */
export function contentOf(config: UploadedBlob, layers: readonly UploadedLayer[]): BuiltContent {
  const blobs = [config, ...layers.map(({ blob }) => blob)]
  return {
    manifest: manifestDocument(config, layers),
    blobs: [...new Map(blobs.map(blob => [blob.digest, blob])).values()],
  }
}

/** Returns layers as they are pushed, in the order of `diffIds`. @throws {TcomposeError} As `builtContent`. */
export async function uploadedLayers(
  paths: StorePaths,
  diffIds: readonly Digest[],
  request: BuiltRequest,
): Promise<readonly UploadedLayer[]> {
  const { reference, lease } = request
  await lease.keep(diffIds.map(diffId => `layer ${diffId}` as const))
  const contents = readContents(paths)
  const places = await locateLayers(paths, { ...request, contents, diffIds, label: reference })
  const layers = new Map<Digest, UploadedLayer>()
  await Promise.all(
    [...places].map(async ([diffId, place]) => {
      layers.set(diffId, await uploadedLayer(request, diffId, place))
    }),
  )
  const ordered = diffIds.flatMap(diffId => layers.get(diffId) ?? [])
  await lease.keep(ordered.map(({ blob }) => `blob ${blob.digest}` as const))
  return ordered
}

/** A layer, and its blob. */
export interface UploadedLayer {
  readonly packed: PackedLayer
  readonly blob: UploadedBlob
}

async function uploadedLayer(
  { packer, reference }: BuiltRequest,
  diffId: Digest,
  place: LayerPlace,
): Promise<UploadedLayer> {
  if (place.kind === 'packed') {
    const { packed, slice } = place
    return { packed, blob: { ...packed, obtain: async () => slice } }
  }
  const { folder } = place
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LayerNotRemade)) throw error
      const problem = `the store has its layer ${diffId} unpacked only, expected the packed form in which it came`
      throw notPacked(reference, problem)
    }
  }
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
    throw notPacked(reference, `the store does not have its layer ${diffId}`)
  }
  const packed = await attempt(() => packer.identify(diffId, folder))
  const obtain = () => attempt(() => packer.obtain(diffId, folder, packed.digest))
  return { packed, blob: { ...packed, obtain } }
}

function configBlob(paths: StorePaths, id: Digest): UploadedBlob {
  const file = blobPath(paths, id)
  const { size } = statSync(file)
  return { digest: id, size, obtain: async () => ({ file, offset: 0, size }) }
}

function manifestDocument(config: UploadedBlob, layers: readonly UploadedLayer[]): ManifestDocument {
  const document = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: CONFIG_TYPE, digest: config.digest, size: config.size },
    layers: layers.map(({ packed: { mediaType, digest, size } }) => ({ mediaType, digest, size })),
  }
  const bytes = Buffer.from(JSON.stringify(document))
  return { digest: parseDigest(sha256(bytes)), mediaType: OCI_MANIFEST, bytes, document }
}

function notPacked(reference: string, problem: string): TcomposeError {
  return new TcomposeError('image-not-found', `Cannot push image "${reference}": ${problem}`, {
    hint: 'Fetch the image again, with `tcompose pull` or from its archive; build one again that was built here',
  })
}
