import { join } from 'node:path'
import { type Digest, digestHex } from '../../base/digest.ts'
import { imageFolders } from '../images/image-record.ts'
import type { StorePaths } from '../store-paths.ts'

/** Returns the file of a blob in the image layout `images`, whether it is there or not. */
export function blobPath(paths: StorePaths, digest: Digest): string {
  return join(imageFolders(paths).images, 'blobs/sha256', digestHex(digest))
}
