import { parseReference } from '../reference.ts'
import { type StoredName, splitStoredName } from '../stored-name.ts'

/**
 * Returns the name of an image in the store as a tag for Docker, which takes `docker.io/library/redis:7` for what it calls `redis:7`;
 * Podman would take the short form for one of its own. Undefined for what Docker knows no tag for.
 */
export function dockerTag(reference: StoredName): string | undefined {
  if (splitStoredName(reference).platform !== undefined) return undefined
  const parsed = parseReference(reference)
  return parsed.kind === 'registry' && parsed.digest === undefined ? reference : undefined
}
