import { parseReference } from '../../../oci/reference.ts'
import { openImageSource } from '../../../store/images/local-source.ts'
import type { Roots } from '../state/layout.ts'

/**
 * Returns `reference` with the digest of the image that it names at this moment. A folder that is an image has none,
 * so `rootfs:` stays as it is. A registry is asked what a tag means.
 *
 * @throws {TcomposeError} `image-not-found` or `image-invalid`; for a registry's image as `resolveDigest`.
 */
export async function pinImage(roots: Roots, reference: string): Promise<string> {
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') {
    if (parsed.digest !== undefined) return reference
    const { resolveDigest } = await import('../../../registry/pull-image.ts')
    return `${reference}@${await resolveDigest({ reference, parsed })}`
  }
  if (parsed.kind === 'rootfs' || parsed.digest !== undefined) return reference
  await using opened = await openImageSource(roots, { reference, platform: undefined }, parsed)
  return `${reference}@${opened.found.id}`
}
