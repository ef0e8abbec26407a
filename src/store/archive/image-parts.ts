import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { loadMember, locateMember, type Member, sha256 } from '../../archive/content-source.ts'
import { compressionOf } from '../../archive/decompress.ts'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { parseJsonObject, textAt } from '../../base/json-reader.ts'
import { type FileSlice, loadSlice, readSlice } from '../../disk/file-slice.ts'
import { imageOfManifest } from '../../oci/image-layout.ts'
import { blobPath } from '../blobs/blob-path.ts'
import type { LocatedImage } from '../images/located-image.ts'
import { GZIP_LAYER, PLAIN_LAYER, ZSTD_LAYER } from '../layers/packed-layer.ts'
import type { StorePaths } from '../store-paths.ts'
import { OCI_MANIFEST } from '../tag-image.ts'

/** All that an image consists of. */
export interface ImageParts<Layer extends LayerPart = BlobPart> {
  /** Digest of the configuration. */
  readonly id: Digest
  readonly manifest: ManifestPart
  readonly config: BlobPart
  /** The lowest layer first. */
  readonly layers: readonly Layer[]
}

/** A manifest, byte for byte. */
export interface ManifestPart {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Buffer
}

/** A blob, and where its bytes are. */
export interface BlobPart {
  readonly digest: Digest
  readonly slice: FileSlice
}

/** A layer that the store has unpacked alone. Its archive is made again from its files, plain. */
export interface UnpackedPart {
  /** Of the archive. */
  readonly digest: Digest
  /** Bytes of the archive. */
  readonly size: number
  readonly folder: string
}

export type LayerPart = BlobPart | UnpackedPart

/** Returns the bytes of a blob, or of the archive of a layer. */
export function partSize(part: LayerPart): number {
  return 'slice' in part ? part.slice.size : part.size
}

/**
 * Returns the parts of an image that the store has packed; undefined where a part is missing.
 *
 * @throws {SyntaxError} If its manifest is malformed.
 */
export function storedParts(paths: StorePaths, manifest: Digest): ImageParts | undefined {
  const partOf = (digest: Digest): BlobPart | undefined => {
    const file = blobPath(paths, digest)
    const size = statSync(file, { throwIfNoEntry: false })?.size
    return size === undefined ? undefined : { digest, slice: { file, offset: 0, size } }
  }
  const slice = partOf(manifest)?.slice
  if (slice === undefined) return undefined
  const bytes = loadSlice(slice)
  if (sha256(bytes) !== manifest) throw new SyntaxError('its manifest has changed in the store')
  const document = parseJsonObject(bytes, 'manifest')
  const { id, layers } = imageOfManifest(document)
  const config = partOf(id)
  const parts = layers.map(({ digest }) => (digest === undefined ? undefined : partOf(digest)))
  if (config === undefined || !parts.every(part => part !== undefined)) return undefined
  const mediaType = textAt(document, 'mediaType') ?? OCI_MANIFEST
  return { id, manifest: { digest: manifest, mediaType, bytes }, config, layers: parts }
}

/**
 * Returns the parts of an image in a source. Where that has no manifest, as in an old archive of `docker save`, one is
 * written, the same for the same image.
 *
 * @throws {SyntaxError} If something is missing in the source, or a document is not what it should be.
 */
export async function sourceParts({ found, source }: LocatedImage): Promise<ImageParts> {
  const config = { digest: found.id, slice: locateMember(source, found.config) }
  const layers: BlobPart[] = []
  for (const member of found.layers) layers.push(await partOf(member, locateMember(source, member)))
  if (found.manifest === undefined)
    return { id: found.id, manifest: manifestOfParts(config, layers), config, layers }
  const bytes = loadMember(source, found.manifest)
  const mediaType = textAt(parseJsonObject(bytes, 'manifest'), 'mediaType') ?? OCI_MANIFEST
  return { id: found.id, manifest: { digest: parseDigest(sha256(bytes)), mediaType, bytes }, config, layers }
}

async function partOf({ digest, size }: Member, slice: FileSlice): Promise<BlobPart> {
  if (digest !== undefined && size !== undefined) return { digest, slice }
  const hash = createHash('sha256')
  for await (const chunk of readSlice(slice)) hash.update(chunk)
  return { digest: parseDigest(`sha256:${hash.digest('hex')}`), slice }
}

const LAYER_TYPES = { none: PLAIN_LAYER, gzip: GZIP_LAYER, zstd: ZSTD_LAYER }

/** Writes the manifest of an image that has none, the same for the same parts. */
export function manifestOfParts(config: BlobPart, layers: readonly LayerPart[]): ManifestPart {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: layers.map(layer => descriptor(layerType(layer), layer)),
    }),
  )
  return { digest: parseDigest(sha256(bytes)), mediaType: OCI_MANIFEST, bytes }
}

function layerType(part: LayerPart): string {
  if (!('slice' in part)) return LAYER_TYPES.none
  return LAYER_TYPES[compressionOf(loadSlice({ ...part.slice, size: Math.min(4, part.slice.size) }))]
}

function descriptor(mediaType: string, part: LayerPart): object {
  return { mediaType, digest: part.digest, size: partSize(part) }
}
