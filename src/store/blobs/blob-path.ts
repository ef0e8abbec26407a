import { join } from 'node:path'
import { type Digest, digestHex } from '../../base/digest.ts'
import { imageFolders } from '../images/image-record.ts'
import type { StorePaths } from '../store-paths.ts'

/** Returns the file of a blob in the image layout `images`, whether it is there or not. */
export function blobPath(roots: StorePaths, digest: Digest): string {
  return join(imageFolders(roots).images, 'blobs/sha256', digestHex(digest))
}
