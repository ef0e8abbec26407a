import { setTimeout as delay } from 'node:timers/promises'
import { callerEnvironment } from '../base/caller-environment.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { Semaphore } from '../base/semaphore.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { foreignPlatform } from '../oci/platform.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import type { BlobIdentity } from '../store/blobs/blob-store.ts'
import { LayerPackedAnew, LayerPacker } from '../store/built/layer-packer.ts'
import { imageKey } from '../store/images/image-key.ts'
import { readReferenceRecord, writeReferenceRecord } from '../store/images/image-record.ts'
import { openLease } from '../store/lease.ts'
import { fetchManifest } from './fetch-manifest.ts'
import { mountSources } from './mount-sources.ts'
import { type ImageContent, readContent } from './push-content.ts'
import { pushManifest, taggedDigest } from './push-manifest.ts'
import type { PushRequest } from './push-request.ts'
import { registryEndpoint } from './registry-endpoint.ts'
import { requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import { RegistrySession } from './registry-session.ts'
import { readRegistrySettings } from './registry-settings.ts'
import { type UploadedBlob, uploadBlob } from './upload-blob.ts'

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
 * manifests, the tag last. What the registry says of the tag afterwards is checked. Layers that a build made are packed
 * for it, as far as the registry does not have them.
 *
 * @throws {TcomposeError} `image-not-found` if the store lacks the image or a part of it; `bad-value` if the target has
 * no tag; `image-push`, `image-denied`, `registry-unreachable`, `registry-rate-limit` or `registry-settings`.
 */
export async function pushImage(request: PushRequest): Promise<PushedImage> {
  requireTag(request)
  await using packer = new LayerPacker(request.paths, request.signal)
  try {
    return await pushOnce(request, packer)
  } catch (error) {
    if (!(error instanceof LayerPackedAnew)) throw error
    // The manifest is another by that, and no other layer is packed twice.
    return await pushOnce(request, packer)
  }
}

async function pushOnce(request: PushRequest, packer: LayerPacker): Promise<PushedImage> {
  using lease = openLease(request.paths)
  await using opened = new AsyncDisposableStack()
  const content = await readContent(request, { lease, packer, sources: opened })
  const pushed = await pushContent(request, content)
  noteBuilt(request, content, pushed.digest)
  return pushed
}

/** Does `pushImage` with what was read of an image. */
export async function pushContent(request: PushRequest, content: ImageContent): Promise<PushedImage> {
  const { target, paths } = request
  const tag = requireTag(request)
  const { digest } = content.top
  const known = new Map([...mountSources(paths, target), ...content.pushedTo])
  const sources = relevantSources(known, content.blobs)
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

/** From now on the registry knows the image by `digest`, if the store calls it so, too. */
function noteBuilt({ paths, target, platform }: PushRequest, { built }: ImageContent, digest: Digest): void {
  if (built === undefined) return
  const reference = imageKey(formatRegistryReference(target), foreignPlatform(platform))
  if (readReferenceRecord(paths, reference)?.id !== built) return
  writeReferenceRecord(paths, { reference, id: built, fingerprint: digest, pulledAt: Date.now() })
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
  readonly blobs: readonly UploadedBlob[]
}): Promise<void> {
  const { onProgress } = request
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
      const mountFrom = sources.get(blob.digest)
      return slots.run(async () => {
        await uploadBlob({ session, purpose: purposeOf(request), blob, mountFrom, onBytes })
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
