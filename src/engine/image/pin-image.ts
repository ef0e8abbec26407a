import type { Roots } from '../state/layout.ts'
import { registryUnsupported } from './image-errors.ts'
import { openImageSource } from './local-source.ts'
import { parseReference } from './reference.ts'

/**
 * Returns `reference` with the digest of the image that it names at this moment. A folder that is an image has none,
 * so `rootfs:` stays as it is.
 *
 * @throws {TcomposeError} `image-source-unsupported`, `image-not-found` or `image-invalid`.
 */
export async function pinImage(roots: Roots, reference: string): Promise<string> {
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') {
    if (parsed.digest !== undefined) return reference
    throw registryUnsupported(reference)
  }
  if (parsed.kind === 'rootfs' || parsed.digest !== undefined) return reference
  await using opened = await openImageSource(roots, reference, parsed)
  return `${reference}@${opened.found.id}`
}
