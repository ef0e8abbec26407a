import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Digest, parseDigest } from '../../base/digest.ts'
import {
  countAt,
  type JsonObject,
  objectAt,
  objectsAt,
  parseJsonObject,
  textAt,
} from '../../base/json-reader.ts'
import { damagedRecord, unlessUnreadable } from '../../disk/damaged-record.ts'
import { type FileLock, tryLock } from '../../disk/flock.ts'
import { putAside } from '../../disk/put-aside.ts'
import { makePrivateFolder } from '../../disk/record-file.ts'
import { readRegularFile } from '../../disk/regular-file.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import { TAG_ANNOTATION } from '../../oci/image-layout.ts'
import type { StorePaths } from '../store-paths.ts'
import { type ImageKey, parseImageKey } from './image-key.ts'
import { imageFolders } from './image-record.ts'

/** An image that the store holds, under its full reference. */
export interface IndexEntry {
  readonly name: ImageKey
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
}

const LOCK_RETRY_MS = 50
const INDEX = 'index.json'
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}'
/** The media type of an index, the store's own included. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

/**
 * Names an image in the store's `index.json`, in place of the one that had the name. The folder is an OCI image layout
 * from then on, so that other tools read it. Safe beside other processes. An index that cannot be read is put aside.
 */
export async function addToIndex(
  roots: StorePaths,
  { name, mediaType, digest, size }: IndexEntry,
): Promise<void> {
  const { images } = imageFolders(roots)
  makePrivateFolder(images)
  using _lock = await lockIndex(images)
  const entries = readableEntries(images)
  if (entries === undefined) putAside(join(images, INDEX))
  const known = entries ?? []
  const own = { mediaType, digest, size, annotations: { [TAG_ANNOTATION]: name } }
  const isNamed = known.some(entry => nameOf(entry) === name)
  writeWhole(images, 'oci-layout', LAYOUT)
  writeIndex(images, isNamed ? known.map(entry => (nameOf(entry) === name ? own : entry)) : [...known, own])
}

/** Returns the digest of the manifest that the store names `name`; undefined also if the index cannot be read. */
export function findInIndex(roots: StorePaths, name: ImageKey): Digest | undefined {
  return listIndex(roots).find(entry => entry.name === name)?.digest
}

/** Returns the images that the store names, in the index's order; none if the index cannot be read. */
export function listIndex(roots: StorePaths): readonly IndexEntry[] {
  const entries = readableEntries(imageFolders(roots).images) ?? []
  return entries.flatMap(entry => indexEntryOf(entry) ?? [])
}

/**
 * Makes sure that the index can be read, for those who act on what it does not name.
 *
 * @throws {TcomposeError} `state-corrupt` if it cannot.
 */
export function requireSoundIndex(roots: StorePaths): void {
  readEntries(imageFolders(roots).images)
}

/** Undefined for an entry without a name or a digest: it leads to nothing. */
function indexEntryOf(entry: JsonObject): IndexEntry | undefined {
  try {
    const name = nameOf(entry)
    if (typeof name !== 'string') return undefined
    return {
      name: parseImageKey(name),
      digest: parseDigest(textAt(entry, 'digest') ?? ''),
      mediaType: textAt(entry, 'mediaType') ?? '',
      size: countAt(entry, 'size'),
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Takes names out of the index. Safe beside other processes. @throws {TcomposeError} `state-corrupt` if the index is malformed. */
export async function removeFromIndex(roots: StorePaths, names: ReadonlySet<ImageKey>): Promise<void> {
  const { images } = imageFolders(roots)
  using _lock = await lockIndex(images)
  const entries = readEntries(images)
  const kept = entries.filter(entry => {
    const known = indexEntryOf(entry)
    return known === undefined || !names.has(known.name)
  })
  if (kept.length < entries.length) writeIndex(images, kept)
}

async function lockIndex(images: string): Promise<FileLock> {
  for (;;) {
    const lock = tryLock(join(images, 'index.lock'))
    if (lock !== undefined) return lock
    await delay(LOCK_RETRY_MS)
  }
}

function readableEntries(images: string): readonly JsonObject[] | undefined {
  return unlessUnreadable(() => readEntries(images))
}

function readEntries(images: string): readonly JsonObject[] {
  const text = readRegularFile(join(images, INDEX))
  if (text === undefined) return []
  try {
    return objectsAt(parseJsonObject(Buffer.from(text), 'index'), 'manifests')
  } catch (error) {
    if (error instanceof SyntaxError)
      throw damagedRecord(join(images, INDEX), error.message, { cause: error })
    throw error
  }
}

function nameOf(entry: JsonObject): unknown {
  return objectAt(entry, 'annotations')[TAG_ANNOTATION]
}

function writeIndex(images: string, manifests: readonly JsonObject[]): void {
  writeWhole(images, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }))
}

/** Leaves a file alone that has the text: each write waits for the disk. */
function writeWhole(folder: string, name: string, text: string): void {
  if (unlessUnreadable(() => readRegularFile(join(folder, name))) === text) return
  writeAtomic(join(folder, name), text, { temporaries: folder, survives: 'content' })
}
