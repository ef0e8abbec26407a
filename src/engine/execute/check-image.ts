import { statSync } from 'node:fs'
import type { WantedImage } from '../../model/wanted-image.ts'
import { imageNotFound } from '../image/image-errors.ts'
import { locateImage } from '../image/local-source.ts'
import { parseReference } from '../image/reference.ts'

/**
 * Checks that `wanted` names an image that can be fetched, without fetching it. A registry is not asked: that would
 * take as long as getting the image's manifest.
 *
 * @throws {TcomposeError} `image-not-found`, `image-invalid`.
 */
export function checkImage(wanted: WantedImage): void {
  const { reference } = wanted
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') return
  if (parsed.kind !== 'rootfs') return void locateImage(wanted, parsed)
  if (statSync(parsed.path, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw imageNotFound(reference, `"${parsed.path}" is no folder, expected one`, 'Check the path')
}
