import { parseDigest } from '../../base/digest.ts'
import type { WantedImage } from '../../model/wanted-image.ts'
import type { Roots } from '../state/layout.ts'
import { readReferenceRecord } from './image-record.ts'
import { platformsOfIndex } from './oci-layout.ts'
import { foreignPlatform } from './platform.ts'
import { parseReference } from './reference.ts'
import { formatRegistryReference } from './registry-reference.ts'
import { readDocument } from './store/store-contents.ts'
import { storedName } from './stored-name.ts'

/**
 * Returns the platforms that a registry's image has by the index that the store has of it, from a pull for this machine
 * or for the platform that is wanted; none where no index tells. No registry is asked.
 */
export function knownPlatforms(roots: Roots, { reference, platform }: WantedImage): readonly string[] {
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') return []
  const name = formatRegistryReference(parsed)
  const digests = [undefined, foreignPlatform(platform)].flatMap(
    known => readReferenceRecord(roots, storedName(name, known))?.fingerprint ?? [],
  )
  const platforms = digests.flatMap(digest => {
    const document = readDocument(roots, parseDigest(digest))
    return document !== undefined && 'manifests' in document ? platformsOfIndex(document) : []
  })
  return [...new Set(platforms)].sort()
}
