import { statSync } from 'node:fs'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Image } from '../../model/image.ts'
import type { ObservedImage } from '../../model/observed-state.ts'
import { sha256Hex } from '../host/sha256.ts'
import type { Roots } from '../state/layout.ts'
import { EMPTY_IMAGE_CONFIG } from './image-config.ts'
import { imageNotFound } from './image-errors.ts'
import {
  type ImageRecord,
  readImageRecord,
  readReferenceRecord,
  writeImageRecord,
  writeReferenceRecord,
} from './image-record.ts'
import { hasLayer, layerPath } from './layer-store.ts'
import {
  type LayoutReference,
  locateImage,
  openImageSource,
  sourceFingerprint,
  withReference,
} from './local-source.ts'
import { type LocalReference, parseReference } from './reference.ts'
import { formatRegistryReference, type RegistryReference } from './registry-reference.ts'
import type { FetchProgress } from './unpack-image.ts'

/**
 * Tells what `reference` names now, without unpacking or writing anything. A source that is gone leaves the image
 * that was fetched from it; one that is broken counts as absent, and `fetchImage` says why.
 *
 * @throws {TcomposeError} `bad-value` if `reference` is none; `state-corrupt` if a record of ours is damaged.
 */
export function lookupImage(roots: Roots, reference: string): ObservedImage {
  const parsed = parseReference(reference)
  if (parsed.kind === 'rootfs') {
    return isFolder(parsed.path)
      ? { kind: 'present', id: rootfsId(parsed.path), unpacked: true }
      : { kind: 'absent' }
  }
  const id = currentId(roots, reference, parsed)
  return id === undefined ? { kind: 'absent' } : { kind: 'present', id, unpacked: isUnpacked(roots, id) }
}

/** How to fetch an image. */
export interface FetchOptions {
  readonly onProgress: (progress: FetchProgress) => void
  /** Ends a download; what came stays. */
  readonly signal?: AbortSignal
  /** Ask a registry what the reference means now, also where the store has it. @default false */
  readonly again?: boolean
}

/**
 * Makes the image of `reference` ready to be mounted: finds it, checks it, unpacks the layers that are not there. What
 * the store has of a registry's image is not asked for again.
 *
 * @throws {TcomposeError} `image-not-found`, `image-invalid` or `image-layer`; for a registry's image as `pullImage`.
 * @throws {DOMException} `AbortError` if `signal` aborts while something comes from a registry.
 */
export async function fetchImage(
  roots: Roots,
  reference: string,
  { onProgress, signal, again = false }: FetchOptions,
): Promise<Image> {
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') {
    const policy = again ? 'always' : 'missing'
    return await fetchFromRegistry({ roots, reference, parsed, policy, onProgress, signal })
  }
  if (parsed.kind === 'rootfs') return openRootfs(roots, reference, parsed)
  const fingerprint = sourceFingerprint(parsed) ?? ''
  await using opened = await openImageSource(roots, reference, parsed)
  // Most commands fetch nothing, so the part that does is loaded here.
  const { openLease, keepConfig, readConfig, unpackImage } = await import('./fetching.ts')
  using lease = openLease(roots)
  await keepConfig(
    roots,
    lease,
    withReference(reference, () => readConfig(opened)),
  )
  const record = await unpackImage({ roots, reference, opened, onProgress })
  writeImageRecord(roots, record)
  writeReferenceRecord(roots, { reference, id: record.id, fingerprint })
  return imageOf(roots, record)
}

/**
 * Opens an image whose layers are unpacked.
 *
 * @throws {TcomposeError} `image-not-found` if it was not fetched; else as `fetchImage`.
 */
export function openImage(roots: Roots, reference: string): Image {
  const parsed = parseReference(reference)
  if (parsed.kind === 'rootfs') return openRootfs(roots, reference, parsed)
  const id = currentId(roots, reference, parsed)
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
async function fetchFromRegistry(request: {
  readonly roots: Roots
  readonly reference: string
  readonly parsed: RegistryReference
  readonly policy: 'missing' | 'always'
  readonly onProgress: (progress: FetchProgress) => void
  readonly signal: AbortSignal | undefined
}): Promise<Image> {
  const { roots, parsed } = request
  const { openLease } = await import('./fetching.ts')
  const { pullImage } = await import('./registry/pull-image.ts')
  using lease = openLease(roots)
  const { record, digest, manifest } = await pullImage({ ...request, lease })
  writeImageRecord(roots, { ...record, manifest })
  const name = formatRegistryReference(parsed)
  writeReferenceRecord(roots, { reference: name, id: record.id, fingerprint: digest })
  return imageOf(roots, record)
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

function currentId(
  roots: Roots,
  reference: string,
  parsed: LayoutReference | RegistryReference,
): Digest | undefined {
  if (parsed.kind === 'registry') return readReferenceRecord(roots, formatRegistryReference(parsed))?.id
  const fingerprint = sourceFingerprint(parsed)
  const known =
    parsed.kind === 'oci' && fingerprint !== undefined ? undefined : readReferenceRecord(roots, reference)
  if (fingerprint === undefined || known?.fingerprint === fingerprint) return known?.id
  try {
    return locateImage(reference, parsed)?.found.id
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
  return content.kind === 'folder' ? isFolder(content.path) : content.diffIds.every(id => hasLayer(roots, id))
}

function imageOf(roots: Roots, { reference, id, config, content }: Omit<ImageRecord, 'version'>): Image {
  const layers =
    content.kind === 'folder' ? [content.path] : content.diffIds.map(diffId => layerPath(roots, diffId))
  return { reference, id, config, layers }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
