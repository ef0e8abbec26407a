import { parseDigest } from '../../base/digest.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import { platformsOfIndex } from '../../oci/image-layout.ts'
import { foreignPlatform } from '../../oci/platform.ts'
import { readDocument } from '../read-document.ts'
import type { StorePaths } from '../store-paths.ts'
import { imageKey } from './image-key.ts'
import { readReferenceRecord } from './image-record.ts'

/**
 * Returns the platforms that a registry's image has by the index that the store has of it, from a pull for this machine
 * or for the platform that is wanted; none where no index lists them. `reference` is the full form. No registry is
 * asked.
 */
export function knownPlatforms(paths: StorePaths, { reference, platform }: ImageRequest): readonly string[] {
  const digests = [undefined, foreignPlatform(platform)].flatMap(
    known => readReferenceRecord(paths, imageKey(reference, known))?.fingerprint ?? [],
  )
  const platforms = digests.flatMap(digest => {
    const document = readDocument(paths, parseDigest(digest))
    return document !== undefined && 'manifests' in document ? platformsOfIndex(document) : []
  })
  return [...new Set(platforms)].sort()
}
