import { statSync } from 'node:fs'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Roots } from '../../engine/local/state/layout.ts'
import type { FetchProgress } from '../../model/fetch-progress.ts'
import type { Image } from '../../model/image.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import type { ObservedImage } from '../../model/observed-state.ts'
import { EMPTY_IMAGE_CONFIG } from '../../oci/image-config.ts'
import { imageNotFound } from '../../oci/image-errors.ts'
import { foreignPlatform } from '../../oci/platform.ts'
import { type LocalReference, parseReference } from '../../oci/reference.ts'
import { formatRegistryReference, type RegistryReference } from '../../oci/registry-reference.ts'
import type { PullRequest } from '../../registry/pull-image.ts'
import { areLayersOwn } from '../layers/layer-origin.ts'
import { hasLayer, layerPath } from '../layers/layer-store.ts'
import type { Lease } from '../lease.ts'
import { imageKey } from './image-key.ts'
import {
  type ImageRecord,
  mountedLayers,
  type ReferenceRecord,
  readImageRecord,
  readReferenceRecord,
  writeImageRecord,
  writeReferenceRecord,
} from './image-record.ts'
import {
  type LayoutReference,
  locateImage,
  openImageSource,
  sourceFingerprint,
  withReference,
} from './local-source.ts'
import { isOtherPlatform, requirePlatform } from './require-platform.ts'

/**
 * Tells what `wanted` is now on this machine, without unpacking or writing anything and without asking a registry. A
 * source that is gone leaves the image that was fetched from it; one that is broken counts as absent, and `fetchImage`
 * says why.
 *
 * @throws {TcomposeError} `bad-value` if the reference is none; `state-corrupt` if a record of ours is damaged.
 */
export function lookupImage(roots: Roots, wanted: ImageRequest): ObservedImage {
  const parsed = parseReference(wanted.reference)
  if (parsed.kind === 'registry') return lookupPulled(roots, wanted, parsed)
  if (parsed.kind === 'rootfs') {
    return isFolder(parsed.path)
      ? { kind: 'present', id: rootfsId(parsed.path), unpacked: true, isLocal: true }
      : { kind: 'absent', isLocal: true }
  }
  const id = currentId(roots, wanted, parsed)
  return id === undefined
    ? { kind: 'absent', isLocal: true }
    : { kind: 'present', id, unpacked: isUnpacked(roots, id), isLocal: true }
}

function lookupPulled(roots: Roots, wanted: ImageRequest, parsed: RegistryReference): ObservedImage {
  const record = recordOfPulled(roots, wanted, parsed)
  if (record === undefined) return { kind: 'absent' }
  const { id, pulledAt } = record
  // The fetch says what is wrong: the platform may have come into the file after the image was pulled without it.
  const image = readImageRecord(roots, id)
  if (isOtherPlatform(image?.platform, wanted)) return { kind: 'absent' }
  return { kind: 'present', id, unpacked: image !== undefined && isComplete(roots, image), pulledAt }
}

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
      { roots, reference, parsed, platform, required: wanted.platform, policy, onProgress, signal },
      lease,
    )
  }
  if (parsed.kind === 'rootfs') return openRootfs(roots, reference, parsed)
  const fingerprint = sourceFingerprint(parsed) ?? ''
  await using opened = await openImageSource(roots, wanted, parsed)
  if (wanted.platform !== undefined) requirePlatform(wanted, opened)
  // Most commands fetch nothing, so the part that does is loaded here.
  const { openLease, keepConfig, readConfig, unpackImage } = await import('./fetching.ts')
  using own = openLease(roots)
  await keepConfig(
    roots,
    lease ?? own,
    withReference(reference, () => readConfig(opened)),
  )
  const record = await unpackImage({ roots, reference, opened, lease: lease ?? own, onProgress })
  writeImageRecord(roots, record)
  writeReferenceRecord(roots, { reference: imageKey(reference, platform), id: record.id, fingerprint })
  return imageOf(roots, record)
}

/**
 * Opens an image whose layers are unpacked.
 *
 * @throws {TcomposeError} `image-not-found` if it was not fetched; else as `fetchImage`.
 */
export function openImage(roots: Roots, wanted: ImageRequest): Image {
  const { reference } = wanted
  const parsed = parseReference(reference)
  if (parsed.kind === 'rootfs') return openRootfs(roots, reference, parsed)
  const id =
    parsed.kind === 'registry' ? recordOfPulled(roots, wanted, parsed)?.id : currentId(roots, wanted, parsed)
  const image = id === undefined ? undefined : imageById(roots, id)
  if (image !== undefined) return { ...image, reference }
  throw imageNotFound(reference, 'it is not unpacked, expected it to be fetched first', 'Run `tcompose up`')
}

/** Opens an image by its id, also when its source is gone; undefined if it is not unpacked. */
export function imageById(roots: Roots, id: Digest): Image | undefined {
  const record = readImageRecord(roots, id)
  return record !== undefined && isComplete(roots, record) ? imageOf(roots, record) : undefined
}

/** The client and what it loads are read only where there is something to ask. */
async function fetchFromRegistry(
  request: Omit<PullRequest, 'lease'>,
  lease: Lease | undefined,
): Promise<Image> {
  const { roots, parsed, platform } = request
  const { openLease } = await import('./fetching.ts')
  const { pullImage } = await import('../../registry/pull-image.ts')
  using own = openLease(roots)
  const { record, digest, manifest, isConfirmed } = await pullImage({ ...request, lease: lease ?? own })
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

function recordOfPulled(
  roots: Roots,
  { platform }: ImageRequest,
  parsed: RegistryReference,
): ReferenceRecord | undefined {
  return readReferenceRecord(roots, imageKey(formatRegistryReference(parsed), foreignPlatform(platform)))
}

/** A rootfs is known by its path alone: what is in the folder may change at any time. */
function openRootfs(
  roots: Roots,
  reference: string,
  { path }: Extract<LocalReference, { kind: 'rootfs' }>,
): Image {
  if (!isFolder(path))
    throw imageNotFound(reference, `"${path}" is no folder, expected one`, 'Check the path')
  const id = rootfsId(path)
  const record = { id, reference, config: EMPTY_IMAGE_CONFIG, content: { kind: 'folder', path } } as const
  if (readImageRecord(roots, id) === undefined) writeImageRecord(roots, record)
  return imageOf(roots, record)
}

function rootfsId(path: string): Digest {
  return parseDigest(`sha256:${sha256Hex(`rootfs:${path}`)}`)
}

function currentId(roots: Roots, wanted: ImageRequest, parsed: LayoutReference): Digest | undefined {
  const { reference } = wanted
  const fingerprint = sourceFingerprint(parsed)
  const isReadAnew = parsed.kind === 'oci' && fingerprint !== undefined
  const known = isReadAnew
    ? undefined
    : readReferenceRecord(roots, imageKey(reference, foreignPlatform(wanted.platform)))
  if (fingerprint === undefined || known?.fingerprint === fingerprint) return known?.id
  try {
    return locateImage(wanted, parsed)?.found.id
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}

function isUnpacked(roots: Roots, id: Digest): boolean {
  const record = readImageRecord(roots, id)
  return record !== undefined && isComplete(roots, record)
}

function isComplete(roots: Roots, { content }: Pick<ImageRecord, 'content'>): boolean {
  if (content.kind === 'folder') return isFolder(content.path)
  return areLayersOwn(roots) && mountedLayers(content).every(id => hasLayer(roots, id))
}

function imageOf(
  roots: Roots,
  { reference, id, config, platform, content }: Omit<ImageRecord, 'version'>,
): Image {
  const layers =
    content.kind === 'folder'
      ? [content.path]
      : mountedLayers(content).map(diffId => layerPath(roots, diffId))
  return { reference, id, config, ...(platform && { platform }), layers }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
