import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../base/digest.ts'
import { namesIn } from '../disk/names-in.ts'

/** Returns the names in a folder of the store, sorted; none if it does not exist. */
export function sortedNamesIn(folder: string): readonly string[] {
  return namesIn(folder).toSorted()
}

/** Returns the digests that files or folders in `folder` are named by, sorted; other names are left out. */
export function digestsIn(folder: string): readonly Digest[] {
  return sortedNamesIn(folder)
    .filter(name => /^[0-9a-f]{64}$/.test(name))
    .map(name => parseDigest(`sha256:${name}`))
}

/** Returns the file or folder in `folder` that is named by `digest`. */
export function fileOfDigest(folder: string, digest: Digest): string {
  return join(folder, digestHex(digest))
}
