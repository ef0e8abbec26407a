import { parseReference } from '../../oci/reference.ts'
import { type ImageKey, splitImageKey } from '../images/image-key.ts'

/**
 * Returns the name of an image in the store as a tag for Docker, which takes `docker.io/library/redis:7` for what it calls `redis:7`;
 * Podman would take the short form for one of its own. Undefined for what Docker knows no tag for.
 */
export function dockerTag(reference: ImageKey): string | undefined {
  if (splitImageKey(reference).platform !== undefined) return undefined
  const parsed = parseReference(reference)
  return parsed.kind === 'registry' && parsed.digest === undefined ? reference : undefined
}
