import { statSync } from 'node:fs'
import { LARGEST_DOCUMENT, sha256 } from '../archive/content-source.ts'
import type { Digest } from '../base/digest.ts'
import { loadSlice } from '../disk/file-slice.ts'
import { blobPath } from '../store/blobs/blob-store.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { type ManifestDocument, readManifest } from './fetch-manifest.ts'

/**
 * Returns a manifest or an index of the store; undefined if it is not there or damaged.
 *
 * @throws {TcomposeError} As `readManifest`.
 */
export function storedManifest(
  roots: StorePaths,
  reference: string,
  digest: Digest,
): ManifestDocument | undefined {
  const file = blobPath(roots, digest)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined || size > LARGEST_DOCUMENT) return undefined
  const bytes = loadSlice({ file, offset: 0, size })
  return sha256(bytes) === digest ? readManifest(reference, bytes) : undefined
}
