import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import { readRegularFile } from '../../../disk/regular-file.ts'
import { writeAtomic } from '../../../disk/write-atomic.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { ProjectLayout } from './layout.ts'
import type { RecordStore } from './record-store.ts'

const KEY_BYTES = 32

/**
 * Returns the key of the digests that a project's record has, or a new one. Where it was lost, no content is known any
 * more, and the containers that have secrets or configs are made again.
 */
export function digestKeyOf({ digestKey }: ProjectLayout): Uint8Array {
  return readKey(digestKey) ?? randomBytes(KEY_BYTES)
}

/**
 * Keeps `key` with the project, for its owner only, before `store` writes digests that were made with it: what makes the name
 * of its record durable, in the same folder, does so for this.
 */
export function keepDigestKey(
  { dataDir, digestKey }: ProjectLayout,
  key: Uint8Array,
  store: Pick<RecordStore, 'dependOn'>,
): void {
  const known = readKey(digestKey)
  if (known !== undefined && Buffer.compare(known, key) === 0) return
  makePrivateFolder(dataDir)
  writeAtomic(digestKey, Buffer.from(key).toString('hex'))
  store.dependOn(digestKey)
}

/** A key that cannot be read is none. */
function readKey(path: string): Uint8Array | undefined {
  const text = unlessUnreadable(() => readRegularFile(path))
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined
}
