import { type Digest, parseDigest } from '../base/digest.ts'
import { countAt, type JsonObject, objectsAt, textAt } from '../base/json-reader.ts'
import { parseDiffIds } from '../oci/image-config.ts'
import { imageOfManifest } from '../oci/image-layout.ts'
import {
  GZIP_LAYER,
  notePackedLayer,
  type PackedLayer,
  PLAIN_LAYER,
  readPackedLayer,
  ZSTD_LAYER,
} from './layers/packed-layer.ts'
import { readDocument } from './read-document.ts'
import { layersOf, manifestOf, type StoreContents } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Returns the blobs that the layers `diffIds` of images are packed in, by diffID: as was noted of them, or as manifests
 * of the store say. Layers that a build made are missing until they are pushed.
 */
export function findPackedLayers(
  paths: StorePaths,
  contents: StoreContents,
  diffIds: Iterable<Digest>,
): ReadonlyMap<Digest, PackedLayer> {
  const found = new Map<Digest, PackedLayer>()
  const unknown = new Set<Digest>()
  for (const diffId of diffIds) {
    const noted = readPackedLayer(paths, diffId)
    if (noted === undefined) unknown.add(diffId)
    else found.set(diffId, noted)
  }
  if (unknown.size === 0) return found
  for (const id of contents.records.keys()) {
    if (!layersOf(paths, contents, id).some(diffId => unknown.has(diffId))) continue
    for (const [diffId, layer] of packedLayersOf(paths, contents, id)) {
      if (unknown.has(diffId)) found.set(diffId, layer)
    }
  }
  return found
}

/**
 * Notes the blobs of layers that built images share with others, for when the others are removed: the archive of a
 * layer that was pulled cannot be made again from its files. Images that have a manifest lead to their blobs by it.
 */
export function notePackedBases(paths: StorePaths, contents: StoreContents): void {
  const built = [...contents.records.keys()].filter(id => manifestOf(contents, id) === undefined)
  const diffIds = new Set(built.flatMap(id => layersOf(paths, contents, id)))
  const packed = findPackedLayers(paths, contents, diffIds)
  for (const [diffId, layer] of packed) {
    if (readPackedLayer(paths, diffId) === undefined) notePackedLayer(paths, diffId, layer)
  }
}

/** Pairs the layers of a manifest with those of its configuration; none where either is missing or they do not match. */
function packedLayersOf(
  paths: StorePaths,
  contents: StoreContents,
  id: Digest,
): readonly (readonly [Digest, PackedLayer])[] {
  const digest = manifestOf(contents, id)
  const manifest = digest === undefined ? undefined : readDocument(paths, digest)
  const config = manifest === undefined ? undefined : readDocument(paths, id)
  if (manifest === undefined || config === undefined) return []
  try {
    if (imageOfManifest(manifest).id !== id) return []
    const diffIds = parseDiffIds(config)
    const layers = objectsAt(manifest, 'layers').map(packedLayer)
    if (layers.length !== diffIds.length) return []
    return diffIds.flatMap((diffId, index) => {
      const layer = layers[index]
      return layer === undefined ? [] : [[diffId, layer] as const]
    })
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** Undefined for one without a digest. @throws {SyntaxError} If the descriptor is malformed. */
function packedLayer(descriptor: JsonObject): PackedLayer | undefined {
  const digest = textAt(descriptor, 'digest')
  if (digest === undefined) return undefined
  return {
    digest: parseDigest(digest),
    size: countAt(descriptor, 'size'),
    mediaType: ociLayerType(textAt(descriptor, 'mediaType') ?? ''),
  }
}

/** Manifests of Docker have names of their own for what is the same. */
function ociLayerType(mediaType: string): string {
  if (/[.+]zstd$/.test(mediaType)) return ZSTD_LAYER
  return /[.]tar$/.test(mediaType) ? PLAIN_LAYER : GZIP_LAYER
}
