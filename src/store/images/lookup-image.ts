import { statSync } from 'node:fs'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Image } from '../../model/image.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import type { ObservedImage } from '../../model/observed-state.ts'
import { EMPTY_IMAGE_CONFIG } from '../../oci/image-config.ts'
import { imageNotFound } from '../../oci/image-errors.ts'
import { foreignPlatform } from '../../oci/platform.ts'
import { type LocalReference, parseReference } from '../../oci/reference.ts'
import { formatRegistryReference, type RegistryReference } from '../../oci/registry-reference.ts'
import { areLayersOwn } from '../layers/layer-origin.ts'
import { hasLayer, layerPath } from '../layers/layer-store.ts'
import type { StorePaths } from '../store-paths.ts'
import { imageKey } from './image-key.ts'
import {
  type ImageRecord,
  mountedLayers,
  type ReferenceRecord,
  readImageRecord,
  readReferenceRecord,
  writeImageRecord,
} from './image-record.ts'
import { type LayoutReference, locateImage, sourceFingerprint } from './local-source.ts'
import { isOtherPlatform } from './require-platform.ts'

/**
 * Tells what `wanted` is now on this machine, without unpacking or writing anything and without asking a registry. A
 * source that is gone leaves the image that was fetched from it; one that is broken counts as absent, and `fetchImage`
 * says why.
 *
 * @throws {TcomposeError} `bad-value` if the reference is none; `state-corrupt` if a record of ours is damaged.
 */
export function lookupImage(roots: StorePaths, wanted: ImageRequest): ObservedImage {
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

function lookupPulled(roots: StorePaths, wanted: ImageRequest, parsed: RegistryReference): ObservedImage {
  const record = recordOfPulled(roots, wanted, parsed)
  if (record === undefined) return { kind: 'absent' }
  const { id, pulledAt } = record
  // The fetch says what is wrong: the platform may have come into the file after the image was pulled without it.
  const image = readImageRecord(roots, id)
  if (isOtherPlatform(image?.platform, wanted)) return { kind: 'absent' }
  return { kind: 'present', id, unpacked: image !== undefined && isComplete(roots, image), pulledAt }
}

/**
 * Opens an image whose layers are unpacked.
 *
 * @throws {TcomposeError} `image-not-found` if it was not fetched; else as `fetchImage`.
 */
export function openImage(roots: StorePaths, wanted: ImageRequest): Image {
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
export function imageById(roots: StorePaths, id: Digest): Image | undefined {
  const record = readImageRecord(roots, id)
  return record !== undefined && isComplete(roots, record) ? imageOf(roots, record) : undefined
}

function recordOfPulled(
  roots: StorePaths,
  { platform }: ImageRequest,
  parsed: RegistryReference,
): ReferenceRecord | undefined {
  return readReferenceRecord(roots, imageKey(formatRegistryReference(parsed), foreignPlatform(platform)))
}

/** A rootfs is known by its path alone: what is in the folder may change at any time. */
/** Opens a folder that is an image. @throws {TcomposeError} `image-not-found` if it is none. */
export function openRootfs(
  roots: StorePaths,
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

function currentId(roots: StorePaths, wanted: ImageRequest, parsed: LayoutReference): Digest | undefined {
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

function isUnpacked(roots: StorePaths, id: Digest): boolean {
  const record = readImageRecord(roots, id)
  return record !== undefined && isComplete(roots, record)
}

function isComplete(roots: StorePaths, { content }: Pick<ImageRecord, 'content'>): boolean {
  if (content.kind === 'folder') return isFolder(content.path)
  return areLayersOwn(roots) && mountedLayers(content).every(id => hasLayer(roots, id))
}

/** Returns the image that a record describes. */
export function imageOf(
  roots: StorePaths,
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
