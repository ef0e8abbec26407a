import { statSync } from 'node:fs'
import type { Digest } from '../../../base/digest.ts'
import type { Roots } from '../../state/layout.ts'
import { blobPath } from '../blob-store.ts'
import { LARGEST_DOCUMENT, sha256 } from '../content-source.ts'
import { loadSlice } from '../file-slice.ts'
import { type ManifestDocument, readManifest } from './fetch-manifest.ts'

/**
 * Returns a manifest or an index of the store; undefined if it is not there or damaged.
 *
 * @throws {TcomposeError} As `readManifest`.
 */
export function storedManifest(
  roots: Roots,
  reference: string,
  digest: Digest,
): ManifestDocument | undefined {
  const file = blobPath(roots, digest)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined || size > LARGEST_DOCUMENT) return undefined
  const bytes = loadSlice({ file, offset: 0, size })
  return sha256(bytes) === digest ? readManifest(reference, bytes) : undefined
}
