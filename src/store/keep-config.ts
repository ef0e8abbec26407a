import { loadMember } from '../archive/content-source.ts'
import type { Digest } from '../base/digest.ts'
import { parseJsonObject } from '../base/json-reader.ts'
import { parseDiffIds } from '../oci/image-config.ts'
import { writeBlob } from './blobs/blob-store.ts'
import type { LocatedImage } from './images/local-source.ts'
import type { Lease, LeasedThing } from './lease.ts'
import type { StorePaths } from './store-paths.ts'

/** The configuration of an image as it came. */
export interface ConfigDocument {
  readonly id: Digest
  readonly bytes: Buffer
  /** The lowest layer first. */
  readonly diffIds: readonly Digest[]
}

/** Reads the configuration of an image and checks its digest. @throws {SyntaxError} If it is not what it should be. */
export function readConfig({ found, source }: LocatedImage): ConfigDocument {
  const bytes = loadMember(source, found.config)
  return { id: found.id, bytes, diffIds: parseDiffIds(parseJsonObject(bytes, `"${found.config.name}"`)) }
}

/**
 * Keeps an image and its unpacked layers by `lease`, and its configuration in the store: a record holds only what
 * running it takes, and this is what can be told of an image besides.
 */
export async function keepConfig(roots: StorePaths, lease: Lease, config: ConfigDocument): Promise<void> {
  const layers = config.diffIds.map((diffId): LeasedThing => `layer ${diffId}`)
  await lease.keep([`image ${config.id}`, `blob ${config.id}`, ...layers])
  writeBlob(roots, config.id, config.bytes)
}
