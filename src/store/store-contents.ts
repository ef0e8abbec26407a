import { statSync } from 'node:fs'
import { LARGEST_DOCUMENT, sha256 } from '../archive/content-source.ts'
import { type Digest, digestHex, parseDigest } from '../base/digest.ts'
import { type JsonObject, parseJsonObject } from '../base/json-reader.ts'
import { loadSlice } from '../disk/file-slice.ts'
import { parseDiffIds } from '../oci/image-config.ts'
import { imageOfManifest } from '../oci/image-layout.ts'
import { blobPath } from './blobs/blob-store.ts'
import { type IndexEntry, listIndex, requireSoundIndex } from './images/image-index.ts'
import type { ImageKey } from './images/image-key.ts'
import {
  type ImageRecord,
  listImageRecords,
  listReferenceRecords,
  mountedLayers,
  type ReferenceRecord,
} from './images/image-record.ts'
import type { StorePaths } from './store-paths.ts'

/** What the store's records say, read once. */
export interface StoreContents {
  readonly index: readonly IndexEntry[]
  readonly references: readonly ReferenceRecord[]
  readonly records: ReadonlyMap<Digest, ImageRecord>
  /** The names of each image, sorted. */
  readonly names: ReadonlyMap<Digest, readonly ImageKey[]>
}

/**
 * Reads what the store holds, without what cannot be read. A name means what its reference record says; the index is
 * asked where there is none, as after a pull that was cut short and for what other tools put there.
 */
export function readContents(roots: StorePaths): StoreContents {
  return contentsOf(roots, listReferenceRecords(roots).records, listImageRecords(roots).records)
}

/**
 * Reads what the store holds, for those who remove what nothing leads to.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might lead to anything.
 */
export function requireWholeContents(roots: StorePaths): StoreContents {
  requireSoundIndex(roots)
  const [references, images] = [listReferenceRecords(roots), listImageRecords(roots)]
  const [first] = [...references.unreadable, ...images.unreadable]
  if (first !== undefined) throw first.error
  return contentsOf(roots, references.records, images.records)
}

function contentsOf(
  roots: StorePaths,
  references: readonly ReferenceRecord[],
  images: readonly ImageRecord[],
): StoreContents {
  const index = listIndex(roots)
  const records = new Map(images.map(record => [record.id, record]))
  const ids = new Map<ImageKey, Digest>()
  for (const { name, digest } of index) {
    const id = readManifest(roots, digest)?.config
    if (id !== undefined) ids.set(name, id)
  }
  for (const { reference, id } of references) ids.set(reference, id)
  const names = Map.groupBy([...ids.keys()].sort(), name => ids.get(name) ?? parseDigest(''))
  return { index, references, records, names }
}

/** Returns every image that has a record or a name. */
export function imageIds({ records, names }: StoreContents): readonly Digest[] {
  return [...new Set([...records.keys(), ...names.keys()])]
}

/** Returns the manifest that an image's packed layers can be read by, where the store knows one. */
export function manifestOf({ records, names, index }: StoreContents, id: Digest): Digest | undefined {
  const named = new Set(names.get(id))
  return records.get(id)?.manifest ?? index.find(({ name }) => named.has(name))?.digest
}

/** Digests of what a manifest names. */
export interface ManifestBlobs {
  readonly config: Digest
  /** The lowest layer first. */
  readonly layers: readonly Digest[]
}

/** Reads a manifest of the store; undefined for one that is not there, is damaged or is an index. */
export function readManifest(roots: StorePaths, digest: Digest): ManifestBlobs | undefined {
  const document = readDocument(roots, digest)
  if (document === undefined || 'manifests' in document) return undefined
  return attempt(() => {
    const { id, layers } = imageOfManifest(document)
    return { config: id, layers: layers.flatMap(layer => layer.digest ?? []) }
  })
}

/** Returns the digests of all layers that a mount of the image takes, in no order. */
export function mountedLayersOf(roots: StorePaths, contents: StoreContents, id: Digest): readonly Digest[] {
  const content = contents.records.get(id)?.content
  return content?.kind === 'layers' ? mountedLayers(content) : layersOf(roots, contents, id)
}

/** Returns the digests of an image's unpacked layers, the lowest first; none where neither record nor configuration is. */
export function layersOf(roots: StorePaths, { records }: StoreContents, id: Digest): readonly Digest[] {
  const content = records.get(id)?.content
  if (content !== undefined) return content.kind === 'layers' ? content.diffIds : []
  const document = readDocument(roots, id)
  return document === undefined ? [] : [...new Set(attempt(() => parseDiffIds(document)) ?? [])]
}

/** Returns a small JSON document of the store; undefined for one that is not there or has another digest by now. */
export function readDocument(roots: StorePaths, digest: Digest): JsonObject | undefined {
  const file = blobPath(roots, digest)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined || size > LARGEST_DOCUMENT) return undefined
  const bytes = loadSlice({ file, offset: 0, size })
  if (sha256(bytes) !== digest) return undefined
  return attempt(() => parseJsonObject(bytes, `"${digestHex(digest)}"`))
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
