import { setTimeout as delay } from 'node:timers/promises'
import { folderSource, LARGEST_DOCUMENT, type Member } from '../archive/content-source.ts'
import { callerEnvironment } from '../base/caller-environment.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { objectAt, textAt } from '../base/json-reader.ts'
import { Semaphore } from '../base/semaphore.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { FetchProgress } from '../model/fetch-progress.ts'
import type { PlatformName } from '../model/platform.ts'
import { pullForbidden } from '../oci/image-errors.ts'
import { chooseFromIndex, DEEPEST_INDEX, imageOfManifest } from '../oci/image-layout.ts'
import { machinePlatform } from '../oci/platform.ts'
import { formatRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import type { ResolvedImage } from '../oci/resolved-image.ts'
import { withReference } from '../oci/with-reference.ts'
import { type BlobProvider, NO_LISTENER } from '../store/blobs/blob-provider.ts'
import { type BlobIdentity, dropIfDamaged, fetchBlob, hasBlob, writeBlob } from '../store/blobs/blob-store.ts'
import { addToIndex, findInIndex } from '../store/images/image-index.ts'
import { type ImageKey, imageKey } from '../store/images/image-key.ts'
import { type ImageRecord, imageFolders, readReferenceRecord } from '../store/images/image-record.ts'
import { requirePlatform } from '../store/images/require-platform.ts'
import { keepConfig, readConfig } from '../store/keep-config.ts'
import { LAYER_LIMITS } from '../store/layers/layer-limits.ts'
import { unpackImage } from '../store/layers/unpack-image.ts'
import type { Lease, LeasedThing } from '../store/lease.ts'
import type { StorePaths } from '../store/store-paths.ts'
import type { ManifestDocument, ManifestRequest } from './fetch-manifest.ts'
import { ImageRepository } from './image-repository.ts'
import { notRunnable, pullFailed } from './registry-errors.ts'
import type { Wait } from './retry.ts'
import { storedManifest } from './stored-manifest.ts'

/** What to pull, and the listeners. */
export interface PullRequest {
  readonly paths: StorePaths
  readonly reference: string
  readonly parsed: RegistryReference
  /** Undefined is this machine's own. */
  readonly platform?: PlatformName | undefined
  /** What the user asked for, this machine's own too; an image of another is refused. @default any is taken */
  readonly required?: PlatformName | undefined
  /**
   * `missing`: what the store has of this name is good. `always`: ask the registry what the name means now. `never`:
   * ask for nothing, so that what the store lacks is an error.
   */
  readonly policy: 'missing' | 'always' | 'never'
  readonly onProgress: (progress: FetchProgress) => void
  readonly signal?: AbortSignal | undefined
  /** Keeps what the pull needs until the caller has written down the image. */
  readonly lease: Lease
  /** Tells whether containers may run on layers of the store. */
  readonly areLayersInUse: () => boolean
  /** @default the environment of this process */
  readonly environment?: NodeJS.ProcessEnv
  /** @default time */
  readonly wait?: Wait
}

/** An image whose layers are unpacked, and the digest by which its registry knows it. */
export interface PulledImage {
  readonly record: Omit<ImageRecord, 'version'>
  /** Of the index, where the image has several platforms. */
  readonly digest: Digest
  /** Of the manifest that describes the image itself. */
  readonly manifest: Digest
  /** Whether the registry said just now that the name means this. */
  readonly isConfirmed: boolean
}

/** As many blobs of an image come at once; more do not come faster and annoy registries. */
const PARALLEL_DOWNLOADS = 4
const RUNNABLE_CONFIGS: ReadonlySet<string> = new Set([
  '',
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
])

/**
 * Gets an image from a registry into the store and unpacks its layers while others still come. Only what is missing is
 * asked for. The store names the image when all of it is there; what arrived before a failure is kept for the next
 * attempt.
 *
 * @throws {TcomposeError} `image-not-found`, `image-denied`, `image-pull`, `image-invalid`, `image-layer`,
 * `image-source-unsupported`, `registry-unreachable`, `registry-rate-limit`, `registry-settings`.
 */
export async function pullImage(request: PullRequest): Promise<PulledImage> {
  const { paths, reference } = request
  await using repository = openRepository(request)
  const known = request.policy === 'always' ? undefined : knownManifest(request)
  if (known === undefined && request.policy === 'never') throw pullForbidden(reference)
  const { top, manifest } = known ?? (await resolveManifest(request, repository, keepManifest(request)))
  const found = readFound(reference, manifest)
  await request.lease.keep(neededThings(found, [top, manifest.digest]))
  // Nobody may remove it from here on; before, they might have.
  writeBlob(paths, manifest.digest, manifest.bytes)
  const unpack = () => unpackFound(request, repository, found)
  const record = await unpack().catch(async error => {
    if (!isOfContent(error) || !(await dropDamaged(paths, found))) throw error
    return await unpack()
  })
  const { mediaType, digest, bytes } = manifest
  const entry = { name: nameInStore(request), mediaType, digest, size: bytes.length }
  await addToIndex(paths, entry)
  return { record, digest: top, manifest: manifest.digest, isConfirmed: known === undefined }
}

/** Returns the digest by which the registry knows what `parsed` names now. @throws {TcomposeError} As `pullImage`. */
export async function resolveDigest(request: AskedImage): Promise<Digest> {
  await using repository = openRepository(request)
  return (await repository.manifest({ tag: request.parsed.tag ?? 'latest' })).digest
}

/**
 * Returns the id of the image that `parsed` names in its registry now: one HEAD where it is what was pulled last. Only
 * what the store lacks is asked for, and nothing is stored.
 *
 * @throws {TcomposeError} As `pullImage`.
 */
export async function askImageId(request: AskRequest): Promise<Digest> {
  const { paths, parsed, reference } = request
  const known = readReferenceRecord(paths, nameInStore(request))
  if (known !== undefined && parsed.digest !== undefined) return known.id
  await using repository = openRepository(request)
  const digest = parsed.tag === undefined ? undefined : await repository.taggedDigest(parsed.tag)
  if (known !== undefined && digest === known.fingerprint) return known.id
  const { manifest } = await resolveManifest(request, repository, async () => {})
  return readFound(reference, manifest).id
}

type AskRequest = Omit<PullRequest, 'policy' | 'onProgress' | 'lease' | 'areLayersInUse'>

/** Returns the name under which the store keeps the image. */
function nameInStore({ parsed, platform }: Pick<PullRequest, 'parsed' | 'platform'>): ImageKey {
  return imageKey(formatRegistryReference(parsed), platform)
}

type AskedImage = Pick<PullRequest, 'reference' | 'parsed' | 'environment' | 'wait' | 'signal'>

function openRepository({ reference, parsed, signal, ...request }: AskedImage): ImageRepository {
  const wait = request.wait ?? (ms => delay(ms, undefined, { signal }))
  return new ImageRepository({
    parsed,
    reference,
    environment: request.environment ?? callerEnvironment(process.env),
    wait,
    signal,
  })
}

interface ResolvedManifest {
  readonly top: Digest
  readonly manifest: ManifestDocument
}

/** Returns the manifest that the store names so, if it is there. */
function knownManifest(request: PullRequest): ResolvedManifest | undefined {
  const { paths, reference } = request
  try {
    const digest = findInIndex(paths, nameInStore(request))
    const manifest = digest === undefined ? undefined : storedManifest(paths, reference, digest)
    const { fingerprint } = readReferenceRecord(paths, nameInStore(request)) ?? {}
    if (manifest === undefined) return undefined
    return { top: fingerprint === undefined ? manifest.digest : parseDigest(fingerprint), manifest }
  } catch (error) {
    // What is damaged in the store is downloaded again.
    if (error instanceof SyntaxError || error instanceof TcomposeError) return undefined
    throw error
  }
}

/** Goes from the tag or the digest through indexes to the manifest for the platform; `keep` gets all on the way. */
async function resolveManifest(
  { paths, reference, parsed, ...request }: AskRequest,
  repository: ImageRepository,
  keep: KeepManifest,
): Promise<ResolvedManifest> {
  const platform = request.platform ?? machinePlatform()
  const get = async (wanted: ManifestRequest['wanted']): Promise<ManifestDocument> => {
    const stored = 'digest' in wanted ? storedManifest(paths, reference, wanted.digest) : undefined
    const found = stored ?? (await repository.manifest(wanted))
    await keep(found)
    return found
  }
  const top = await get(
    parsed.digest === undefined ? { tag: parsed.tag ?? 'latest' } : { digest: parsed.digest },
  )
  let manifest = top
  for (let depth = 0; 'manifests' in manifest.document; depth++) {
    if (depth === DEEPEST_INDEX) {
      throw pullFailed(reference, `its indexes are nested deeper than ${DEEPEST_INDEX} levels`)
    }
    const { document } = manifest
    const choose = () => chooseFromIndex(document, { reference, platform })
    manifest = await get({ digest: withReference(reference, choose) })
  }
  return { top: top.digest, manifest }
}

/** @throws {TcomposeError} If the manifest is malformed, or describes something else than a container's image. */
function readFound(reference: string, { document }: ManifestDocument): ResolvedImage {
  return withReference(reference, () => {
    const configType = textAt(objectAt(document, 'config'), 'mediaType') ?? ''
    if (!RUNNABLE_CONFIGS.has(configType)) {
      throw notRunnable(reference, `its configuration is of the type "${configType}"`)
    }
    const found = imageOfManifest(document)
    if ((found.config.size ?? 0) > LARGEST_DOCUMENT) {
      throw pullFailed(reference, `its configuration is larger than ${LARGEST_DOCUMENT} bytes, expected less`)
    }
    if (found.layers.some(({ size = 0 }) => size > LAYER_LIMITS.bytes)) {
      throw pullFailed(reference, `a layer is larger than ${LAYER_LIMITS.bytes} bytes, expected less`)
    }
    return found
  })
}

type KeepManifest = (document: ManifestDocument) => Promise<void>

function keepManifest({ paths, lease }: PullRequest): KeepManifest {
  return async ({ digest, bytes }) => {
    await lease.keep([`blob ${digest}`])
    writeBlob(paths, digest, bytes)
  }
}

async function unpackFound(
  { paths, reference, required, policy, onProgress, signal, lease, areLayersInUse }: PullRequest,
  repository: ImageRepository,
  found: ResolvedImage,
): Promise<PulledImage['record']> {
  const remote = remoteBlobs({ paths, repository, signal })
  const blobs = policy === 'never' ? presentBlobs(remote, reference) : remote
  await blobs.obtain(found.config, NO_LISTENER)
  const source = folderSource(imageFolders(paths).images)
  await keepConfig(
    paths,
    lease,
    withReference(reference, () => readConfig({ found, source })),
  )
  if (required !== undefined) requirePlatform({ reference, platform: required }, { found, source })
  return await unpackImage({
    paths,
    reference,
    opened: { found, source },
    blobs,
    lease,
    areLayersInUse,
    onProgress,
  })
}

function neededThings({ id, layers }: ResolvedImage, manifests: readonly Digest[]): readonly LeasedThing[] {
  const blobs = [...manifests, id, ...layers.map(layer => identityOf(layer).digest)]
  return [`image ${id}`, ...blobs.map((digest): LeasedThing => `blob ${digest}`)]
}

/** The blobs of `supply` that are here. */
function presentBlobs(supply: BlobProvider, reference: string): BlobProvider {
  return {
    ...supply,
    obtain: async (member, onBytes) => {
      if (!supply.has(member)) throw pullForbidden(reference)
      return await supply.obtain(member, onBytes)
    },
  }
}

/** Tells whether an image could not be used for what its blobs hold. */
function isOfContent(error: unknown): boolean {
  return error instanceof TcomposeError && (error.code === 'image-layer' || error.code === 'image-invalid')
}

/** Removes blobs of an image that changed since they were stored, so that they are downloaded again. */
async function dropDamaged(paths: StorePaths, { config, layers }: ResolvedImage): Promise<boolean> {
  let isAnyDropped = false
  for (const member of [config, ...layers]) {
    if (await dropIfDamaged(paths, identityOf(member))) isAnyDropped = true
  }
  return isAnyDropped
}

/** The blobs of the store, and those of the registry that it lacks. */
function remoteBlobs({
  paths,
  repository,
  signal,
}: {
  readonly paths: StorePaths
  readonly repository: ImageRepository
  readonly signal: AbortSignal | undefined
}): BlobProvider {
  const slots = new Semaphore(PARALLEL_DOWNLOADS)
  return {
    has: member => hasBlob(paths, identityOf(member)),
    sizeOf: member => identityOf(member).size,
    obtain: async (member, { onBytes, onPart }) => {
      const { digest, size } = identityOf(member)
      let told = 0
      const tell = (present: number): void => {
        onBytes(present - told)
        told = present
      }
      const download = (file: string) => {
        const onBytesThere = (present: number): void => {
          tell(present)
          onPart(file, present)
        }
        return slots.run(() =>
          repository.download({ digest, size, file, spare: () => slots.tryTake(), onBytes: onBytesThere }),
        )
      }
      const file = await fetchBlob(paths, { digest, size }, { download, signal })
      tell(size)
      return { file, offset: 0, size }
    },
  }
}

function identityOf({ name, digest, size }: Member): BlobIdentity {
  if (digest === undefined || size === undefined) throw new SyntaxError(`"${name}" has no digest or size`)
  return { digest, size }
}
