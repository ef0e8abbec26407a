import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { Image } from '../../../model/image.ts'
import type { ImageRequest } from '../../../model/image-request.ts'
import { foreignPlatform } from '../../../oci/platform.ts'
import { parseReference } from '../../../oci/reference.ts'
import { formatRegistryReference } from '../../../oci/registry-reference.ts'
import type { PullRequest } from '../../../registry/pull-image.ts'
import { imageKey } from '../../../store/images/image-key.ts'
import {
  readReferenceRecord,
  writeImageRecord,
  writeReferenceRecord,
} from '../../../store/images/image-record.ts'
import { openImageSource, sourceFingerprint, withReference } from '../../../store/images/local-source.ts'
import { imageOf, openRootfs } from '../../../store/images/lookup-image.ts'
import { requirePlatform } from '../../../store/images/require-platform.ts'
import type { Lease } from '../../../store/lease.ts'
import { isAnyProjectKept } from '../state/is-any-project-kept.ts'
import type { Roots } from '../state/layout.ts'

/** How to fetch an image. */
export interface FetchOptions {
  readonly onProgress: (progress: FetchProgress) => void
  /** Ends a download; what came stays. */
  readonly signal?: AbortSignal
  /** `always` asks a registry also for what the store has, `never` asks none. @default missing */
  readonly policy?: PullRequest['policy']
  /** Keeps the image longer than until it is written down. */
  readonly lease?: Lease
}

/**
 * Makes an image ready to be mounted: finds it, checks it, unpacks the layers that are not there. What
 * the store has of a registry's image is not asked for again.
 *
 * @throws {TcomposeError} `image-not-found`, `image-invalid` or `image-layer`; for a registry's image as `pullImage`.
 * @throws {DOMException} `AbortError` if `signal` aborts while something comes from a registry.
 */
export async function fetchImage(
  roots: Roots,
  wanted: ImageRequest,
  { onProgress, signal, policy = 'missing', lease }: FetchOptions,
): Promise<Image> {
  const { reference } = wanted
  const platform = foreignPlatform(wanted.platform)
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') {
    return await fetchFromRegistry(
      roots,
      { reference, parsed, platform, required: wanted.platform, policy, onProgress, signal },
      lease,
    )
  }
  if (parsed.kind === 'rootfs') return openRootfs(roots, reference, parsed)
  const fingerprint = sourceFingerprint(parsed) ?? ''
  await using opened = await openImageSource(roots, wanted, parsed)
  if (wanted.platform !== undefined) requirePlatform(wanted, opened)
  // Most commands fetch nothing, so the part that does is loaded here.
  const { openLease, keepConfig, readConfig, unpackImage } = await import('../../../store/images/fetching.ts')
  using own = openLease(roots)
  await keepConfig(
    roots,
    lease ?? own,
    withReference(reference, () => readConfig(opened)),
  )
  const record = await unpackImage({
    roots,
    reference,
    opened,
    lease: lease ?? own,
    areLayersInUse: () => isAnyProjectKept(roots),
    onProgress,
  })
  writeImageRecord(roots, record)
  writeReferenceRecord(roots, { reference: imageKey(reference, platform), id: record.id, fingerprint })
  return imageOf(roots, record)
}

/** The client and what it loads are read only where there is something to ask. */
async function fetchFromRegistry(
  roots: Roots,
  request: Omit<PullRequest, 'roots' | 'lease' | 'areLayersInUse'>,
  lease: Lease | undefined,
): Promise<Image> {
  const { parsed, platform } = request
  const { openLease } = await import('../../../store/images/fetching.ts')
  const { pullImage } = await import('../../../registry/pull-image.ts')
  using own = openLease(roots)
  const { record, digest, manifest, isConfirmed } = await pullImage({
    ...request,
    roots,
    lease: lease ?? own,
    areLayersInUse: () => isAnyProjectKept(roots),
  })
  writeImageRecord(roots, { ...record, manifest })
  const reference = imageKey(formatRegistryReference(parsed), platform)
  const pulledAt = isConfirmed ? Date.now() : readReferenceRecord(roots, reference)?.pulledAt
  writeReferenceRecord(roots, {
    reference,
    id: record.id,
    fingerprint: digest,
    ...(pulledAt !== undefined && { pulledAt }),
  })
  return imageOf(roots, record)
}
