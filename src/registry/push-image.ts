import { setTimeout as delay } from 'node:timers/promises'
import { callerEnvironment } from '../base/caller-environment.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { countAt, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../base/json-reader.ts'
import { Semaphore } from '../base/semaphore.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { PlatformName } from '../model/platform.ts'
import { DEEPEST_INDEX } from '../oci/image-layout.ts'
import { foreignPlatform } from '../oci/platform.ts'
import { formatRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import { withReference } from '../oci/with-reference.ts'
import { blobPath } from '../store/blobs/blob-path.ts'
import { type BlobIdentity, hasBlob } from '../store/blobs/blob-store.ts'
import { findInIndex } from '../store/images/image-index.ts'
import { imageKey } from '../store/images/image-key.ts'
import { readReferenceRecord } from '../store/images/image-record.ts'
import { openLease } from '../store/lease.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { fetchManifest, type ManifestDocument } from './fetch-manifest.ts'
import { mountSources } from './mount-sources.ts'
import { pushManifest, taggedDigest } from './push-manifest.ts'
import { registryEndpoint } from './registry-endpoint.ts'
import { requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import { RegistrySession } from './registry-session.ts'
import { readRegistrySettings } from './registry-settings.ts'
import type { Wait } from './retry.ts'
import { storedManifest } from './stored-manifest.ts'
import { uploadBlob } from './upload-blob.ts'

/** What to push where, and the listeners. */
export interface PushRequest {
  readonly paths: StorePaths
  /** The name that the store has the image under. @default the target */
  readonly source?: RegistryReference
  readonly target: RegistryReference
  /** Which of the store's images of that name. @default the machine's */
  readonly platform?: PlatformName | undefined
  /** The target as the user wrote it, for errors. */
  readonly reference: string
  readonly onProgress: (progress: PushProgress) => void
  readonly signal?: AbortSignal | undefined
  /** @default the environment of this process */
  readonly environment?: NodeJS.ProcessEnv
  /** @default time */
  readonly wait?: Wait
}

/** How far a push has come. What the registry has already counts as done. */
export interface PushProgress {
  readonly bytesDone: number
  readonly bytesTotal: number
}

/** An image that its registry has. */
export interface PushedImage {
  readonly digest: Digest
  /** True where the tag named the image before, or the index that it was pulled as. */
  readonly wasThere: boolean
}

/** As many blobs of an image go at once. */
const PARALLEL_UPLOADS = 4
/** A token server may be asked for so many repositories beside the image's own. */
const MOST_MOUNT_SOURCES = 4

/**
 * Pushes an image of the store: its blobs, which the registry may have or take over from other repositories, then its
 * manifests, the tag last. What the registry says of the tag afterwards is checked.
 *
 * @throws {TcomposeError} `image-not-found` if the store lacks the image or a part of it; `bad-value` if the target has
 * no tag; `image-push`, `image-denied`, `registry-unreachable`, `registry-rate-limit` or `registry-settings`.
 */
export async function pushImage(request: PushRequest): Promise<PushedImage> {
  const { target, paths } = request
  const tag = requireTag(request)
  const content = readContent(request)
  using lease = openLease(paths)
  await lease.keep(
    [content.top, ...content.inner, ...content.blobs].map(({ digest: id }) => `blob ${id}` as const),
  )
  requireBlobs(request, content)
  const { digest } = content.top
  const sources = relevantSources(mountSources(paths, target), content.blobs)
  await using session = openSession(request, [...new Set(sources.values())])
  const purpose = purposeOf(request)
  const present = await taggedDigest(session, tag, content.top.mediaType)
  if (present !== undefined && (present === digest || present === content.pulledAs)) {
    return { digest: parseDigest(present), wasThere: true }
  }
  await uploadAll({ request, session, sources, blobs: content.blobs })
  for (const inner of content.inner) await pushManifest({ session, purpose }, inner.digest, inner)
  await pushManifest({ session, purpose }, tag, content.top)
  await verifyTag(session, { purpose, tag, digest })
  return { digest, wasThere: false }
}

type PushPurpose = Extract<RegistryPurpose, { kind: 'push' }>

function purposeOf({ reference }: PushRequest): PushPurpose {
  return { kind: 'push', reference }
}

function requireTag({ target, reference }: PushRequest): string {
  if (target.tag !== undefined && target.digest === undefined) return target.tag
  throw new TcomposeError(
    'bad-value',
    `Cannot push image "${reference}": it is named by its digest, expected a tag`,
    { hint: 'Name the image by a tag' },
  )
}

/** All that an image is made of. */
interface ImageContent {
  readonly top: ManifestDocument
  /** What an index names, the innermost first. */
  readonly inner: readonly ManifestDocument[]
  readonly blobs: readonly BlobIdentity[]
  /** What the registry called the image when it was pulled from the target. */
  readonly pulledAs: string | undefined
}

function readContent({ paths, source, target, platform, reference }: PushRequest): ImageContent {
  const nameIn = (named: RegistryReference) =>
    imageKey(formatRegistryReference(named), foreignPlatform(platform))
  const name = nameIn(source ?? target)
  const isSame = name === nameIn(target)
  return withReference(reference, () => {
    const digest = findInIndex(paths, name)
    if (digest === undefined)
      throw notStored(reference, `the store has no image ${isSame ? 'of this name' : `"${name}"`}`)
    const inner = manifestsBelow({ paths, reference }, digest, 0)
    const top = inner.pop()
    if (top === undefined) throw notStored(reference, `the store does not have its manifest ${digest}`)
    const all = [top, ...inner].flatMap(({ document }) => blobsOf(document))
    const blobs = [...new Map(all.map(blob => [blob.digest, blob])).values()]
    const pulledAs = isSame ? readReferenceRecord(paths, name)?.fingerprint : undefined
    return { top, inner, blobs, pulledAs }
  })
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

function relevantSources(
  sources: ReadonlyMap<string, string>,
  blobs: readonly BlobIdentity[],
): ReadonlyMap<string, string> {
  const relevant = blobs.flatMap(({ digest }) => {
    const source = sources.get(digest)
    return source === undefined ? [] : [[digest, source] as const]
  })
  const chosen = new Set([...new Set(relevant.map(([, source]) => source))].slice(0, MOST_MOUNT_SOURCES))
  return new Map(relevant.filter(([, source]) => chosen.has(source)))
}

function openSession(request: PushRequest, alsoPull: readonly string[]): RegistrySession {
  const { target, signal } = request
  const environment = request.environment ?? callerEnvironment(process.env)
  return new RegistrySession({
    endpoint: registryEndpoint(target.domain, readRegistrySettings(environment)),
    repository: target.path,
    purpose: purposeOf(request),
    alsoPull,
    environment,
    wait: request.wait ?? (ms => delay(ms, undefined, { signal })),
    signal,
  })
}

/** Waits for every blob also when one fails: nothing may still run when the caller learns of it. */
async function uploadAll({
  request,
  session,
  sources,
  blobs,
}: {
  readonly request: PushRequest
  readonly session: RegistrySession
  readonly sources: ReadonlyMap<string, string>
  readonly blobs: readonly BlobIdentity[]
}): Promise<void> {
  const { paths, onProgress } = request
  const slots = new Semaphore(PARALLEL_UPLOADS)
  const bytesTotal = blobs.reduce((sum, { size }) => sum + size, 0)
  let bytesDone = 0
  const results = await Promise.allSettled(
    blobs.map(blob => {
      let told = 0
      const onBytes = (present: number): void => {
        bytesDone += present - told
        told = present
        onProgress({ bytesDone, bytesTotal })
      }
      const file = blobPath(paths, blob.digest)
      const mountFrom = sources.get(blob.digest)
      return slots.run(async () => {
        await uploadBlob({ session, purpose: purposeOf(request), blob, file, mountFrom, onBytes })
        onBytes(blob.size)
      })
    }),
  )
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function verifyTag(
  session: RegistrySession,
  { purpose, tag, digest }: { readonly purpose: PushPurpose; readonly tag: string; readonly digest: Digest },
): Promise<void> {
  const found = await fetchManifest({ session, reference: purpose.reference, wanted: { tag } })
  if (found.digest === digest) return
  throw requestFailed(
    purpose,
    `the tag "${tag}" names ${found.digest} there, expected ${digest}: another push may have changed it`,
  )
}
