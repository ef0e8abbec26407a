import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Digest, digestHex } from '../../base/digest.ts'
import { loadSlice, readSlice } from '../../disk/file-slice.ts'
import { tryLock } from '../../disk/flock.ts'
import { syncContent, writeAtomic } from '../../disk/write-atomic.ts'
import { imageFolders } from '../images/image-record.ts'
import type { StorePaths } from '../store-paths.ts'
import { blobPath } from './blob-path.ts'

/** A blob by its name and its bytes. */
export interface BlobIdentity {
  readonly digest: Digest
  readonly size: number
}

const LOCK_RETRY_MS = 50

/** Tells whether the blob is in the store. Only whole blobs get their name there, so a look at the size is enough. */
export function hasBlob(paths: StorePaths, { digest, size }: BlobIdentity): boolean {
  return statSync(blobPath(paths, digest), { throwIfNoEntry: false })?.size === size
}

/** Stores a small document, whose digest the caller has checked. */
export function writeBlob(paths: StorePaths, digest: Digest, bytes: Buffer): void {
  const present = { file: blobPath(paths, digest), offset: 0, size: bytes.length }
  if (hasBlob(paths, { digest, size: bytes.length }) && loadSlice(present).equals(bytes)) return
  makeStore(paths)
  writeAtomic(blobPath(paths, digest), bytes, {
    temporaries: imageFolders(paths).images,
    survives: 'content',
  })
}

/** How to obtain a blob that the store lacks. */
export interface Obtaining {
  readonly download: (file: string) => Promise<void>
  /** Ends the wait for another that downloads it. */
  readonly signal: AbortSignal | undefined
}

/**
 * Puts a blob into the store unless it is there. `download` makes the file it is given whole, which may hold a part
 * already, and checks it; what it leaves when it fails is resumed by the next. Of several that want one blob, in
 * this process and in others, one downloads and the rest wait: the kernel frees the lock of a process that dies.
 */
export async function fetchBlob(
  paths: StorePaths,
  blob: BlobIdentity,
  { download, signal }: Obtaining,
): Promise<string> {
  makeStore(paths)
  const path = blobPath(paths, blob.digest)
  const partial = join(partialFolder(paths), digestHex(blob.digest))
  while (!hasBlob(paths, blob)) {
    using lock = tryLock(partial)
    if (lock === undefined) await delay(LOCK_RETRY_MS, undefined, { signal })
    else if (hasBlob(paths, blob)) rmSync(partial, { force: true })
    else {
      await download(partial)
      await syncContent(partial)
      renameSync(partial, path)
    }
  }
  return path
}

/** Removes the blob if it is in the store without having its digest, as after a power cut; returns whether it was. */
export async function dropIfDamaged(paths: StorePaths, blob: BlobIdentity): Promise<boolean> {
  if (!hasBlob(paths, blob)) return false
  const file = blobPath(paths, blob.digest)
  const hash = createHash('sha256')
  for await (const chunk of readSlice({ file, offset: 0, size: blob.size })) hash.update(chunk)
  if (`sha256:${hash.digest('hex')}` === blob.digest) return false
  rmSync(file, { force: true })
  return true
}

/** Blobs on their way. Outside of `blobs`, where other tools look. */
function partialFolder(paths: StorePaths): string {
  return join(imageFolders(paths).images, 'partial')
}

function makeStore(paths: StorePaths): void {
  mkdirSync(join(imageFolders(paths).images, 'blobs/sha256'), { recursive: true, mode: 0o700 })
  mkdirSync(partialFolder(paths), { recursive: true, mode: 0o700 })
}
