import { closeSync, fdatasyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Digest, parseDigest } from '../../base/digest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type FileLock, tryLock } from '../host/flock.ts'
import type { Roots } from '../state/layout.ts'
import { makePrivateFolder, readIfPresent } from '../state/record-file.ts'
import { temporaryName } from '../state/temporary-name.ts'
import { imageFolders } from './image-record.ts'
import { countAt, type JsonObject, objectAt, objectsAt, parseJsonObject, textAt } from './json-reader.ts'
import { TAG_ANNOTATION } from './oci-layout.ts'
import { parseStoredName, type StoredName } from './stored-name.ts'

/** An image that the store holds, under its full reference. */
export interface IndexEntry {
  readonly name: StoredName
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
}

const LOCK_RETRY_MS = 50
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}'
/** The media type of an index, the store's own included. */
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

/**
 * Names an image in the store's `index.json`, in place of the one that had the name. The folder is an OCI image layout
 * from then on, so that other tools read it. Safe beside other processes.
 *
 * @throws {TcomposeError} `state-corrupt` if the index that is there is malformed.
 */
export async function addToIndex(roots: Roots, { name, mediaType, digest, size }: IndexEntry): Promise<void> {
  const { images } = imageFolders(roots)
  makePrivateFolder(images)
  using _lock = await lockIndex(images)
  const entries = readEntries(images)
  const own = { mediaType, digest, size, annotations: { [TAG_ANNOTATION]: name } }
  const isNamed = entries.some(entry => nameOf(entry) === name)
  writeWhole(images, 'oci-layout', LAYOUT)
  writeIndex(
    images,
    isNamed ? entries.map(entry => (nameOf(entry) === name ? own : entry)) : [...entries, own],
  )
}

/**
 * Returns the digest of the manifest that the store names `name`, or undefined.
 *
 * @throws {TcomposeError} `state-corrupt` if the index is malformed.
 */
export function findInIndex(roots: Roots, name: StoredName): Digest | undefined {
  const entry = readEntries(imageFolders(roots).images).find(found => nameOf(found) === name)
  return entry === undefined ? undefined : parseDigest(textAt(entry, 'digest') ?? '')
}

/** Returns the images that the store names, in the index's order. @throws {TcomposeError} `state-corrupt` if the index is malformed. */
export function listIndex(roots: Roots): readonly IndexEntry[] {
  return readEntries(imageFolders(roots).images).flatMap(entry => {
    const name = nameOf(entry)
    if (typeof name !== 'string') return []
    const digest = parseDigest(textAt(entry, 'digest') ?? '')
    return {
      name: parseStoredName(name),
      digest,
      mediaType: textAt(entry, 'mediaType') ?? '',
      size: countAt(entry, 'size'),
    }
  })
}

/** Takes names out of the index. Safe beside other processes. @throws {TcomposeError} `state-corrupt` if the index is malformed. */
export async function removeFromIndex(roots: Roots, names: ReadonlySet<StoredName>): Promise<void> {
  const { images } = imageFolders(roots)
  using _lock = await lockIndex(images)
  const entries = readEntries(images)
  const kept = entries.filter(entry => !names.has(parseStoredName(String(nameOf(entry)))))
  if (kept.length < entries.length) writeIndex(images, kept)
}

async function lockIndex(images: string): Promise<FileLock> {
  for (;;) {
    const lock = tryLock(join(images, 'index.lock'))
    if (lock !== undefined) return lock
    await delay(LOCK_RETRY_MS)
  }
}

function readEntries(images: string): readonly JsonObject[] {
  const text = readIfPresent(join(images, 'index.json'))
  if (text === undefined) return []
  try {
    return objectsAt(parseJsonObject(Buffer.from(text), 'index'), 'manifests')
  } catch (error) {
    if (error instanceof SyntaxError) throw indexCorrupt(images, error)
    throw error
  }
}

function indexCorrupt(images: string, cause: SyntaxError): TcomposeError {
  return new TcomposeError('state-corrupt', `Cannot read "${join(images, 'index.json')}": ${cause.message}`, {
    hint: 'Remove the file: images stay, and the next `tcompose pull` names them there again',
    cause,
  })
}

function nameOf(entry: JsonObject): unknown {
  return objectAt(entry, 'annotations')[TAG_ANNOTATION]
}

function writeIndex(images: string, manifests: readonly JsonObject[]): void {
  writeWhole(images, 'index.json', JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }))
}

/** Leaves a file alone that has the text: each write waits for the disk. */
function writeWhole(folder: string, name: string, text: string): void {
  if (readIfPresent(join(folder, name)) === text) return
  const temporary = join(folder, temporaryName())
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(file, text)
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, join(folder, name))
}
