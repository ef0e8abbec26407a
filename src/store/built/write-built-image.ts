import type { Digest } from '../../base/digest.ts'
import type { JsonObject } from '../../base/json-reader.ts'
import { parseDiffIds, parseImageConfig } from '../../oci/image-config.ts'
import { removeFromIndex } from '../images/image-index.ts'
import type { ImageKey } from '../images/image-key.ts'
import { readReferenceRecord, writeImageRecord, writeReferenceRecord } from '../images/image-record.ts'
import { keepConfig } from '../keep-config.ts'
import { hasLayer } from '../layers/layer-store.ts'
import { layersContent } from '../layers/layers-content.ts'
import { platformIn } from '../layers/unpack-image.ts'
import type { Lease } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { builtImageId, configurationBytes } from './built-image-id.ts'

/** An image that was built. */
export interface BuiltImage {
  /** The whole configuration, with `rootfs` and `history`, in the form of the OCI image specification. */
  readonly document: JsonObject
  /** What it is called from now on, in place of images that were called so. */
  readonly names: readonly ImageKey[]
  /** Keeps the image until its names are written. */
  readonly lease: Lease
}

/**
 * Writes down an image whose layers the store has unpacked, and returns its id. Its layers are packed when it is saved
 * or pushed. Equal documents are one image, whatever the order of their keys.
 *
 * @throws {Error} If a layer is missing.
 * @throws {SyntaxError} If the document is no configuration of an image.
 */
export async function writeBuiltImage(
  paths: StorePaths,
  { document, names, lease }: BuiltImage,
): Promise<Digest> {
  const bytes = configurationBytes(document)
  const id = builtImageId(document)
  const diffIds = parseDiffIds(document)
  const config = parseImageConfig(document)
  const platform = platformIn(document)
  await keepConfig(paths, lease, { id, bytes, diffIds })
  const missing = diffIds.find(diffId => !hasLayer(paths, diffId))
  if (missing !== undefined) throw new Error(`Cannot store image ${id}: the store has no layer ${missing}`)
  const content = await layersContent(paths, diffIds, lease)
  const reference = names[0] ?? id
  writeImageRecord(paths, { id, reference, config, ...(platform && { platform }), content })
  await nameImage(paths, id, names)
  return id
}

/**
 * Gives an image that has no manifest `names`. A reference record is what a name means; an entry of the index that is
 * left there would be what is pushed under it.
 */
async function nameImage(paths: StorePaths, id: Digest, names: readonly ImageKey[]): Promise<void> {
  const others = names.filter(name => readReferenceRecord(paths, name)?.id !== id)
  if (others.length === 0) return
  await removeFromIndex(paths, new Set(others))
  for (const reference of others) writeReferenceRecord(paths, { reference, id, fingerprint: id })
}
