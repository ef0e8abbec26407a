import { sha256 } from '../../archive/content-source.ts'
import { type Digest, parseDigest } from '../../base/digest.ts'
import type { JsonObject } from '../../base/json-reader.ts'
import { canonicalJson } from './canonical-json.ts'

/** Returns the bytes of the configuration of an image that is built, the same for equal documents. */
export function configurationBytes(document: JsonObject): Buffer {
  return Buffer.from(canonicalJson(document))
}

/** Returns the id that a built image of this configuration has. */
export function builtImageId(document: JsonObject): Digest {
  return parseDigest(sha256(configurationBytes(document)))
}
