import { objectAt, objectsAt, textAt } from '../base/json-reader.ts'
import { parseRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import { listIndex } from '../store/images/image-index.ts'
import { type ImageKey, splitImageKey } from '../store/images/image-key.ts'
import type { StorePaths } from '../store/store-paths.ts'
import { storedManifest } from './stored-manifest.ts'

/**
 * Returns other repositories of the target's registry that images of the store came from, by the digests of the blobs
 * that they had then: where a registry may take blobs over from.
 */
export function mountSources(roots: StorePaths, target: RegistryReference): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  for (const { name, digest } of listIndex(roots)) {
    const named = referenceOf(name)
    if (named?.domain !== target.domain || named.path === target.path) continue
    const document = storedManifest(roots, name, digest)?.document
    if (document === undefined) continue
    const blobs = [objectAt(document, 'config'), ...objectsAt(document, 'layers')]
    for (const blob of blobs) {
      const blobDigest = textAt(blob, 'digest')
      if (blobDigest !== undefined) sources.set(blobDigest, named.path)
    }
  }
  return sources
}

/** Names of the store that other tools gave need be no references. */
function referenceOf(name: ImageKey): RegistryReference | undefined {
  try {
    return parseRegistryReference(splitImageKey(name).reference)
  } catch {
    return undefined
  }
}
