import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, digestHex, parseDigest } from '../../../base/digest.ts'

/** Returns the names in a folder, sorted; none if it does not exist. */
export function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

/** Returns the digests that files or folders in `folder` are named by, sorted; other names are left out. */
export function digestsIn(folder: string): readonly Digest[] {
  return namesIn(folder)
    .filter(name => /^[0-9a-f]{64}$/.test(name))
    .map(name => parseDigest(`sha256:${name}`))
}

/** Returns the file or folder in `folder` that is named by `digest`. */
export function fileOfDigest(folder: string, digest: Digest): string {
  return join(folder, digestHex(digest))
}
