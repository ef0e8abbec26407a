import { loadDocument } from '../../archive/content-source.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import type { PlatformName } from '../../model/platform.ts'
import { otherPlatform } from '../../oci/image-errors.ts'
import { platformOf } from '../../oci/image-layout.ts'
import {
  foreignPlatform,
  machinePlatform,
  parsedPlatform,
  platformName,
  platformRank,
} from '../../oci/platform.ts'
import { type LocatedImage, withReference } from './local-source.ts'

/** Tells whether an image that says `made` of itself is not for the platform that is asked for. */
export function isOtherPlatform(
  made: PlatformName | undefined,
  { platform }: Pick<ImageRequest, 'platform'>,
): boolean {
  if (made === undefined || platform === undefined) return false
  return platformRank(parsedPlatform(made), foreignPlatform(platform) ?? machinePlatform()) === undefined
}

/**
 * Checks that an image is made for the platform that was asked for: what no index chose from is known by its
 * configuration alone. One that says nothing of itself is taken.
 *
 * @throws {TcomposeError} `image-not-found`.
 */
export function requirePlatform(
  { reference, platform }: ImageRequest,
  { found, source }: LocatedImage,
): void {
  const wanted = foreignPlatform(platform) ?? machinePlatform()
  withReference(reference, () => {
    const made = platformOf(loadDocument(source, found.config))
    if (made === undefined || platformRank(made, wanted) !== undefined) return
    throw otherPlatform(reference, { made: [platformName(made)], wanted })
  })
}
