import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Digest, digestHex } from '../base/digest.ts'
import { type JsonObject, objectAt, objectsAt, parseJsonObject, textAt } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { readSlice } from '../disk/file-slice.ts'
import { readSoundFile } from '../disk/regular-file.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import { TAG_ANNOTATION } from '../oci/image-layout.ts'
import { INDEX_TYPE } from '../store/images/image-index.ts'
import type { CachePlace } from './cache-place.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import type { UploadedBlob } from './upload-blob.ts'

/**
 * Writes an image into the image layout `place.path` under its tag. Blobs that only the image had that was called so are
 * removed, since a folder that a CI keeps would grow with each build. Files are readable for all.
 *
 * @throws {TcomposeError} `build-cache` if the folder cannot be written.
 */
export async function writeCacheFolder(
  { path, tag }: Extract<CachePlace, { kind: 'folder' }>,
  manifest: ManifestDocument,
  blobs: readonly UploadedBlob[],
): Promise<void> {
  try {
    await mkdir(join(path, 'blobs/sha256'), { recursive: true })
    for (const blob of blobs) await writeBlob(path, blob)
    await replace(fileOf(path, manifest.digest), file => writeFile(file, manifest.bytes))
    await replace(join(path, 'oci-layout'), file => writeFile(file, '{"imageLayoutVersion":"1.0.0"}'))
    const { kept, replaced } = entriesOf(path, tag)
    const entry = {
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      annotations: { [TAG_ANNOTATION]: tag },
    }
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...kept, entry] }
    const before = blobsOf(path, replaced)
    await replace(join(path, 'index.json'), file => writeFile(file, JSON.stringify(index)))
    const needed = blobsOf(path, [...kept, entry])
    for (const digest of before)
      if (!needed.has(digest)) await rm(join(path, blobName(digest)), { force: true })
  } catch (error) {
    throw isOfSystem(error) ? cannotWrite(path, error) : error
  }
}

async function writeBlob(path: string, { digest, size, obtain }: UploadedBlob): Promise<void> {
  const file = fileOf(path, digest)
  const present = await stat(file).catch(() => undefined)
  if (present?.size === size) return
  const slice = await obtain()
  await replace(file, temporary => pipeline(Readable.from(readSlice(slice)), createWriteStream(temporary)))
}

/** Whoever reads the folder meanwhile sees the old file or the new one. */
async function replace(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(file, '..', temporaryName())
  try {
    await write(temporary)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** What is no index is replaced. */
function entriesOf(
  path: string,
  tag: string,
): { readonly kept: readonly JsonObject[]; readonly replaced: readonly JsonObject[] } {
  const entries = manifestsIn(path)
  const isNamed = (entry: JsonObject) => objectAt(entry, 'annotations')[TAG_ANNOTATION] === tag
  return { kept: entries.filter(entry => !isNamed(entry)), replaced: entries.filter(isNamed) }
}

function manifestsIn(path: string): readonly JsonObject[] {
  const index = documentAt(join(path, 'index.json'))
  return unlessMalformed(() => objectsAt(index ?? {}, 'manifests')) ?? []
}

/** Returns the digests of the manifests that `entries` name and of all that those name. */
function blobsOf(path: string, entries: readonly JsonObject[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap(entry => {
      const digest = textOf(entry)
      const manifest = digest === undefined ? undefined : documentAt(join(path, blobName(digest)))
      const named = unlessMalformed(() => [
        objectAt(manifest ?? {}, 'config'),
        ...objectsAt(manifest ?? {}, 'layers'),
      ])
      return [digest, ...(named ?? []).map(textOf)].filter(found => found !== undefined)
    }),
  )
}

function textOf(descriptor: JsonObject): string | undefined {
  const digest = unlessMalformed(() => textAt(descriptor, 'digest'))
  return digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined
}

function documentAt(file: string): JsonObject | undefined {
  const text = readSoundFile(file)
  return text === undefined
    ? undefined
    : unlessMalformed(() => parseJsonObject(Buffer.from(text), 'document'))
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function fileOf(path: string, digest: Digest): string {
  return join(path, 'blobs/sha256', digestHex(digest))
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error
}

function cannotWrite(path: string, cause: Error): TcomposeError {
  return new TcomposeError('build-cache', `Cannot write the build cache "${path}": ${cause.message}`, {
    hint: 'Check that the folder can be written and that its disk has space',
    cause,
  })
}
