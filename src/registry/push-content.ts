import { type Digest, parseDigest } from '../base/digest.ts'
import { countAt, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { DEEPEST_INDEX } from '../oci/image-layout.ts'
import { foreignPlatform } from '../oci/platform.ts'
import { parseRegistryName } from '../oci/reference.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import { withReference } from '../oci/with-reference.ts'
import { blobPath } from '../store/blobs/blob-path.ts'
import { type BlobIdentity, hasBlob } from '../store/blobs/blob-store.ts'
import { findInIndex } from '../store/images/image-index.ts'
import { type ImageKey, imageKey, splitImageKey } from '../store/images/image-key.ts'
import { listReferenceRecords, readImageRecord, readReferenceRecord } from '../store/images/image-record.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { type BuiltRequest, builtContent } from './built-content.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import type { PushRequest } from './push-request.ts'
import { storedManifest } from './stored-manifest.ts'
import type { UploadedBlob } from './upload-blob.ts'

/** All that an image is made of. */
export interface ImageContent {
  readonly top: ManifestDocument
  /** What an index names, the innermost first. */
  readonly inner: readonly ManifestDocument[]
  readonly blobs: readonly UploadedBlob[]
  /** What the registry called the image when it was pulled from the target. */
  readonly pulledAs: string | undefined
  /** The id of an image that was built. */
  readonly built: Digest | undefined
  /** Other repositories of the registry that a built image was pushed to, by the digests of its blobs. */
  readonly pushedTo: ReadonlyMap<string, string>
}

type ContentMeans = Pick<BuiltRequest, 'lease' | 'packer' | 'sources'>

/**
 * Returns all that is pushed of an image, and keeps it by `means.lease`.
 *
 * @throws {TcomposeError} `image-not-found` if the store lacks the image or a part of it.
 */
export async function readContent(request: PushRequest, means: ContentMeans): Promise<ImageContent> {
  const stored = readStored(request)
  if (stored === undefined) return await readBuilt(request, means)
  await means.lease.keep(
    [stored.top, ...stored.inner, ...stored.blobs].map(({ digest }) => `blob ${digest}` as const),
  )
  requireBlobs(request, stored)
  return stored
}

/** Returns the name of the image in the store. */
function nameOf({ source, target, platform }: PushRequest): ImageKey {
  return imageKey(formatRegistryReference(source ?? target), foreignPlatform(platform))
}

function isSameName({ source, target }: PushRequest): boolean {
  return source === undefined || formatRegistryReference(source) === formatRegistryReference(target)
}

/** Undefined for an image that the store does not have packed under this name. */
function readStored(request: PushRequest): ImageContent | undefined {
  const { paths, reference } = request
  const name = nameOf(request)
  return withReference(reference, () => {
    const digest = findInIndex(paths, name)
    if (digest === undefined) return undefined
    const inner = manifestsBelow({ paths, reference }, digest, 0)
    const top = inner.pop()
    if (top === undefined) throw notStored(reference, `the store does not have its manifest ${digest}`)
    const all = [top, ...inner].flatMap(({ document }) => blobsOf(document))
    const blobs = [...new Map(all.map(blob => [blob.digest, storedBlob(paths, blob)])).values()]
    const pulledAs = isSameName(request) ? readReferenceRecord(paths, name)?.fingerprint : undefined
    return { top, inner, blobs, pulledAs, built: undefined, pushedTo: new Map() }
  })
}

function storedBlob(paths: StorePaths, blob: BlobIdentity): UploadedBlob {
  const file = blobPath(paths, blob.digest)
  return { ...blob, obtain: async () => ({ file, offset: 0, size: blob.size }) }
}

/** An image without a manifest was built, or came from a local source. */
async function readBuilt(request: PushRequest, means: ContentMeans): Promise<ImageContent> {
  const { paths, reference, openSource = async () => undefined } = request
  const name = nameOf(request)
  const id = readReferenceRecord(paths, name)?.id
  if (id === undefined || readImageRecord(paths, id) === undefined) {
    throw notStored(reference, `the store has no image ${isSameName(request) ? 'of this name' : `"${name}"`}`)
  }
  const { manifest, blobs } = await builtContent(paths, id, { ...means, reference, openSource })
  const pushedTo = new Map(
    pushedRepositories(request, id).flatMap(path => blobs.map(({ digest }) => [digest, path] as const)),
  )
  return { top: manifest, inner: [], blobs, pulledAs: undefined, built: id, pushedTo }
}

/** Returns other repositories of the target's registry that the image has names in and was pushed to. */
function pushedRepositories({ paths, target }: PushRequest, id: Digest): readonly string[] {
  const records = listReferenceRecords(paths).records
  return records
    .filter(record => record.id === id && record.fingerprint !== id)
    .flatMap(({ reference }) => parseRegistryName(splitImageKey(reference).reference) ?? [])
    .filter(({ domain, path }) => domain === target.domain && path !== target.path)
    .map(({ path }) => path)
}

function requireBlobs({ paths, reference }: PushRequest, { blobs }: ImageContent): void {
  const missing = blobs.find(blob => !hasBlob(paths, blob))
  if (missing !== undefined) throw notStored(reference, `the store does not have its blob ${missing.digest}`)
}

function notStored(reference: string, problem: string): TcomposeError {
  return new TcomposeError('image-not-found', `Cannot push image "${reference}": ${problem}`, {
    hint: 'Run `tcompose pull` to get it, or `tcompose image ls` to list the images',
  })
}

/** Returns the manifest and all that it names, itself last. */
function manifestsBelow(
  place: { readonly paths: StorePaths; readonly reference: string },
  digest: Digest,
  depth: number,
): ManifestDocument[] {
  const { paths, reference } = place
  const manifest = storedManifest(paths, reference, digest)
  if (manifest === undefined) throw notStored(reference, `the store does not have its manifest ${digest}`)
  if (depth > DEEPEST_INDEX)
    throw new SyntaxError(`its indexes are nested deeper than ${DEEPEST_INDEX} levels`)
  const named = objectsAt(manifest.document, 'manifests').map(entry =>
    parseDigest(textAt(entry, 'digest') ?? ''),
  )
  return [...named.flatMap(inner => manifestsBelow(place, inner, depth + 1)), manifest]
}

/** Layers with addresses of their own are downloaded from there by whoever pulls; a registry need not have them. */
function blobsOf(document: JsonObject): readonly BlobIdentity[] {
  if ('manifests' in document) return []
  const layers = objectsAt(document, 'layers').filter(layer => textsAt(layer, 'urls').length === 0)
  return [objectAt(document, 'config'), ...layers].map(entry => ({
    digest: parseDigest(textAt(entry, 'digest') ?? ''),
    size: countAt(entry, 'size'),
  }))
}
