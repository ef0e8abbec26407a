import { loadDocument, locateMember } from '../../archive/content-source.ts'
import { compressionOf } from '../../archive/decompress.ts'
import type { Digest } from '../../base/digest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type FileSlice, loadSlice } from '../../disk/file-slice.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import { parseDiffIds } from '../../oci/image-config.ts'
import { blobPath } from '../blobs/blob-path.ts'
import { hasBlob } from '../blobs/blob-store.ts'
import { splitImageKey } from '../images/image-key.ts'
import type { LocatedImage, OpenedImage } from '../images/located-image.ts'
import { layerFolder } from '../layers/layer-paths.ts'
import { GZIP_LAYER, type PackedLayer, PLAIN_LAYER, ZSTD_LAYER } from '../layers/packed-layer.ts'
import { findPackedLayers } from '../packed-layers.ts'
import { layersOf, type StoreContents } from '../store-contents.ts'
import type { StorePaths } from '../store-paths.ts'

/** Opens the files of an image where it came from, calling it `label` in errors; undefined if none are on this machine. */
export type OpenSource = (image: ImageRequest, label: string) => Promise<OpenedImage | undefined>

/** How to get at the layers of an image. */
export interface LayersRequest {
  readonly contents: StoreContents
  readonly diffIds: readonly Digest[]
  /** The image, for errors. */
  readonly label: string
  readonly openSource: OpenSource
  /** Holds the files of other images that layers are found in. */
  readonly sources: AsyncDisposableStack
}

/** Where the archive of a layer comes from. */
export type LayerPlace =
  /** A blob that is on this machine. */
  | { readonly kind: 'packed'; readonly packed: PackedLayer; readonly slice: FileSlice }
  /** It is made again from the files of the layer, if those give it. */
  | { readonly kind: 'unpacked'; readonly folder: string }

/**
 * Returns where the archives of layers come from: blobs of the store, or of the sources of other images that have the
 * same layers; the rest is made again.
 */
export async function locateLayers(
  paths: StorePaths,
  request: LayersRequest,
): Promise<ReadonlyMap<Digest, LayerPlace>> {
  const { contents, diffIds } = request
  const places = new Map<Digest, LayerPlace>()
  for (const [diffId, packed] of findPackedLayers(paths, contents, diffIds)) {
    const slice = { file: blobPath(paths, packed.digest), offset: 0, size: packed.size }
    if (hasBlob(paths, packed)) places.set(diffId, { kind: 'packed', packed, slice })
  }
  await addFromSources(paths, request, places)
  for (const diffId of diffIds) {
    if (!places.has(diffId)) places.set(diffId, { kind: 'unpacked', folder: layerFolder(paths, diffId) })
  }
  return places
}

/** Images of local sources have no blobs in the store. */
async function addFromSources(
  paths: StorePaths,
  { contents, diffIds, label, openSource, sources }: LayersRequest,
  places: Map<Digest, LayerPlace>,
): Promise<void> {
  const isWanted = (diffId: Digest) => diffIds.includes(diffId) && !places.has(diffId)
  for (const [id, names] of contents.names) {
    if (!layersOf(paths, contents, id).some(isWanted)) continue
    for (const name of names) {
      const opened = await unlessGone(() => openSource(splitImageKey(name), label))
      if (opened === undefined) continue
      sources.use(opened)
      for (const [diffId, place] of placesIn(opened)) if (isWanted(diffId)) places.set(diffId, place)
      break
    }
  }
}

/** What another image came from may not be there any more. */
async function unlessGone<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}

const MEDIA_TYPES = { none: PLAIN_LAYER, gzip: GZIP_LAYER, zstd: ZSTD_LAYER }

/** Layers without a digest are those of old archives, which hold them plain: their diffID is their digest. */
function placesIn({ found, source }: LocatedImage): readonly (readonly [Digest, LayerPlace])[] {
  const diffIds = parseDiffIds(loadDocument(source, found.config))
  return found.layers.flatMap((member, index) => {
    const diffId = diffIds[index]
    if (diffId === undefined) return []
    const slice = locateMember(source, member)
    const head = loadSlice({ ...slice, size: Math.min(4, slice.size) })
    const compression = compressionOf(head)
    const digest = member.digest ?? (compression === 'none' ? diffId : undefined)
    if (digest === undefined) return []
    const packed = { digest, size: slice.size, mediaType: MEDIA_TYPES[compression] }
    return [[diffId, { kind: 'packed', packed, slice }] as const]
  })
}
