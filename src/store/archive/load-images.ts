import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ContentSource, folderSource, type Member } from '../../archive/content-source.ts'
import { type Digest, digestHex, parseDigest } from '../../base/digest.ts'
import { readSlice } from '../../disk/file-slice.ts'
import type { ArchiveInput, LoadedImage, LoadOptions } from '../../model/stored-image.ts'
import { imageInvalid } from '../../oci/image-errors.ts'
import type { ResolvedImage } from '../../oci/resolved-image.ts'
import type { BlobProvider } from '../blobs/blob-provider.ts'
import { blobPath, fetchBlob, hasBlob, writeBlob } from '../blobs/blob-store.ts'
import { addToIndex } from '../images/image-index.ts'
import { splitImageKey } from '../images/image-key.ts'
import { imageFolders, writeImageRecord, writeReferenceRecord } from '../images/image-record.ts'
import { withReference } from '../images/local-source.ts'
import { keepConfig, readConfig } from '../keep-config.ts'
import { unpackImage } from '../layers/unpack-image.ts'
import { type Lease, type LeasedThing, openLease } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { type BlobPart, type ImageParts, sourceParts } from './image-parts.ts'
import { type ArchivedImage, listArchive, type NameInArchive } from './list-archive.ts'
import { archiveLabel, openArchive } from './open-archive.ts'

/** How to load. */
export interface LoadImagesOptions extends LoadOptions {
  /** Tells whether containers may run on layers of the store. */
  readonly areLayersInUse: () => boolean
}

/**
 * Stores the images of an archive under the names that they have there, and unpacks their layers. Digests are checked
 * on the way, of the packed and of the unpacked layers; images before one that is damaged stay.
 *
 * @throws {TcomposeError} `image-invalid` or `image-layer` if something is damaged, or a name is not what it says.
 * @throws {DOMException} `AbortError` if the signal aborts.
 */
export async function loadImages(
  roots: StorePaths,
  input: ArchiveInput,
  options: LoadImagesOptions,
): Promise<readonly LoadedImage[]> {
  const label = archiveLabel(input)
  await using archive = await openArchive(roots, input, options.signal)
  const { source } = archive
  const images = withReference(label, () => listArchive(source, label))
  const loaded: LoadedImage[] = []
  for (const image of images) loaded.push(await loadImage({ roots, label, source, image, options }))
  return loaded
}

interface LoadRequest {
  readonly roots: StorePaths
  /** The archive, for errors. */
  readonly label: string
  readonly source: ContentSource
  readonly image: ArchivedImage
  readonly options: LoadImagesOptions
}

/** What points to something is written after it: blobs, layers, index, record, names. */
async function loadImage({ roots, label, source, image, options }: LoadRequest): Promise<LoadedImage> {
  const { found, names } = image
  const reference = names[0]?.reference ?? label
  const config = withReference(label, () => readConfig({ found, source }))
  const parts = await withReferenceAsync(label, () => sourceParts({ found, source }))
  using lease = openLease(roots)
  await keepParts(lease, parts, names)
  await keepConfig(roots, lease, config)
  const { manifest } = parts
  writeBlob(roots, manifest.digest, manifest.bytes)
  for (const { index } of names) if (index !== undefined) writeBlob(roots, index.digest, index.bytes)
  const record = await unpackImage({
    roots,
    reference,
    opened: { found: storedForm(parts), source: folderSource(imageFolders(roots).images) },
    blobs: archivedBlobs(roots, parts, { label, signal: options.signal }),
    lease,
    areLayersInUse: options.areLayersInUse,
    onProgress: ({ bytesDone, bytesTotal }) => options.onProgress(reference, bytesDone, bytesTotal),
  })
  for (const { reference: name } of names) {
    await addToIndex(roots, {
      name,
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
    })
  }
  writeImageRecord(roots, { ...record, manifest: manifest.digest })
  for (const { reference: name, index } of names) {
    writeReferenceRecord(roots, {
      reference: name,
      id: record.id,
      fingerprint: index?.digest ?? manifest.digest,
    })
  }
  return { id: record.id, names: names.map(name => splitImageKey(name.reference)) }
}

async function keepParts(
  lease: Lease,
  { manifest, layers }: ImageParts,
  names: readonly NameInArchive[],
): Promise<void> {
  const indexes = names.flatMap(({ index }) => index?.digest ?? [])
  const digests = [manifest.digest, ...indexes, ...layers.map(({ digest }) => digest)]
  await lease.keep(digests.map((digest): LeasedThing => `blob ${digest}`))
}

/** The image as it is found in the store. */
function storedForm({ id, config, layers }: ImageParts): ResolvedImage {
  return { id, config: memberOf(config), layers: layers.map(memberOf) }
}

function memberOf({ digest, slice }: BlobPart): Member {
  return { name: `blobs/sha256/${digestHex(digest)}`, digest, size: slice.size }
}

/** Packed layers come from the archive into the store, where other tools read them and `save` finds them. */
function archivedBlobs(
  roots: StorePaths,
  { layers }: ImageParts,
  { label, signal }: { readonly label: string; readonly signal: AbortSignal },
): BlobProvider {
  const partOf = ({ name, digest }: Member): BlobPart => {
    const part = layers.find(layer => layer.digest === digest)
    if (part === undefined) throw new Error(`Cannot find layer "${name}": the image has none of that digest`)
    return part
  }
  const identity = ({ digest, slice }: BlobPart) => ({ digest, size: slice.size })
  return {
    has: member => hasBlob(roots, identity(partOf(member))),
    sizeOf: member => partOf(member).slice.size,
    obtain: async (member, { onBytes }) => {
      const part = partOf(member)
      const download = (file: string) => copyChecked(part, file, { label, onBytes, signal })
      await fetchBlob(roots, identity(part), { download, signal })
      return { file: blobPath(roots, part.digest), offset: 0, size: part.slice.size }
    },
  }
}

interface CopyOptions {
  readonly label: string
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

async function copyChecked({ slice, digest }: BlobPart, file: string, options: CopyOptions): Promise<void> {
  const { label, onBytes, signal } = options
  const hash = createHash('sha256')
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
  await pipeline(Readable.from(readSlice(slice)), counted, createWriteStream(file, { mode: 0o600 }), {
    signal,
  })
  const found: Digest = parseDigest(`sha256:${hash.digest('hex')}`)
  if (found === digest) return
  await rm(file, { force: true })
  throw imageInvalid(label, `a layer has the digest ${found}, expected ${digest}`)
}

async function withReferenceAsync<T>(label: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw error instanceof SyntaxError ? imageInvalid(label, error.message, error) : error
  }
}
