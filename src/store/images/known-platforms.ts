import { parseDigest } from '../../base/digest.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import { platformsOfIndex } from '../../oci/image-layout.ts'
import { foreignPlatform } from '../../oci/platform.ts'
import { parseReference } from '../../oci/reference.ts'
import { formatRegistryReference } from '../../oci/registry-reference.ts'
import { readDocument } from '../store-contents.ts'
import type { StorePaths } from '../store-paths.ts'
import { imageKey } from './image-key.ts'
import { readReferenceRecord } from './image-record.ts'

/**
 * Returns the platforms that a registry's image has by the index that the store has of it, from a pull for this machine
 * or for the platform that is wanted; none where no index tells. No registry is asked.
 */
export function knownPlatforms(roots: StorePaths, { reference, platform }: ImageRequest): readonly string[] {
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') return []
  const name = formatRegistryReference(parsed)
  const digests = [undefined, foreignPlatform(platform)].flatMap(
    known => readReferenceRecord(roots, imageKey(name, known))?.fingerprint ?? [],
  )
  const platforms = digests.flatMap(digest => {
    const document = readDocument(roots, parseDigest(digest))
    return document !== undefined && 'manifests' in document ? platformsOfIndex(document) : []
  })
  return [...new Set(platforms)].sort()
}
