import { statSync } from 'node:fs'
import { LARGEST_DOCUMENT, sha256 } from '../archive/content-source.ts'
import { type Digest, digestHex } from '../base/digest.ts'
import { type JsonObject, parseJsonObject } from '../base/json-reader.ts'
import { loadSlice } from '../disk/file-slice.ts'
import { blobPath } from './blobs/blob-path.ts'
import type { StorePaths } from './store-paths.ts'

/** Returns a small JSON document of the store; undefined for one that is not there or has another digest by now. */
export function readDocument(paths: StorePaths, digest: Digest): JsonObject | undefined {
  const file = blobPath(paths, digest)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined || size > LARGEST_DOCUMENT) return undefined
  const bytes = loadSlice({ file, offset: 0, size })
  if (sha256(bytes) !== digest) return undefined
  try {
    return parseJsonObject(bytes, `"${digestHex(digest)}"`)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
