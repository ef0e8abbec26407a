import { TcomposeError } from '../../../base/tcompose-error.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import { foreignPlatform } from '../../../oci/platform.ts'
import { parseReference } from '../../../oci/reference.ts'
import { askImageId } from '../../../registry/pull-image.ts'
import type { ImageAnswer } from '../../engine.ts'
import type { Roots } from '../state/layout.ts'

/**
 * Asks the registries of `images` what these are now, side by side, and returns an answer for each that has a registry,
 * by label. Nothing is stored.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts.
 */
export async function askImages(
  roots: Roots,
  images: readonly ImageRequest[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ImageAnswer>> {
  const answers = await Promise.all(
    images.map(async image => {
      const answer = await askImage(roots, image, signal)
      return answer === undefined ? [] : [[imageLabel(image), answer] as const]
    }),
  )
  return new Map(answers.flat())
}

async function askImage(
  roots: Roots,
  { reference, platform }: ImageRequest,
  signal: AbortSignal | undefined,
): Promise<ImageAnswer | undefined> {
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') return undefined
  try {
    const request = { roots, reference, parsed, platform: foreignPlatform(platform), signal }
    return { kind: 'offered', id: await askImageId(request) }
  } catch (error) {
    if (error instanceof TcomposeError) return { kind: 'failed', error }
    throw error
  }
}
