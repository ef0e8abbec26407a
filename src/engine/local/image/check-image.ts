import { statSync } from 'node:fs'
import type { ImageRequest } from '../../../model/image-request.ts'
import { imageNotFound } from '../../../oci/image-errors.ts'
import { parseReference } from '../../../oci/reference.ts'
import { locateImage } from '../../../store/images/local-source.ts'

/**
 * Checks that `wanted` names an image that can be fetched, without fetching it. A registry is not asked: that would
 * take as long as getting the image's manifest.
 *
 * @throws {TcomposeError} `image-not-found`, `image-invalid`.
 */
export function checkImage(wanted: ImageRequest): void {
  const { reference } = wanted
  const parsed = parseReference(reference)
  if (parsed.kind === 'registry') return
  if (parsed.kind !== 'rootfs') return void locateImage(wanted, parsed)
  if (statSync(parsed.path, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw imageNotFound(reference, `"${parsed.path}" is no folder, expected one`, 'Check the path')
}
