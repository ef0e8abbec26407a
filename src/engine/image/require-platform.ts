import type { WantedImage } from '../../model/wanted-image.ts'
import { loadDocument } from './content-source.ts'
import { otherPlatform } from './image-errors.ts'
import { type LocatedImage, withReference } from './local-source.ts'
import { platformOf } from './oci-layout.ts'
import { machinePlatform, platformName, platformRank } from './platform.ts'

/**
 * Checks that an image is made for the platform that was asked for: what no index chose from is known by its
 * configuration alone. One that says nothing of itself is taken.
 *
 * @throws {TcomposeError} `image-not-found`.
 */
export function requirePlatform(
  { reference, platform = machinePlatform() }: WantedImage,
  { found, source }: LocatedImage,
): void {
  withReference(reference, () => {
    const made = platformOf(loadDocument(source, found.config))
    if (made === undefined || platformRank(made, platform) !== undefined) return
    throw otherPlatform(reference, { made: [platformName(made)], wanted: platform })
  })
}
