import { TcomposeError } from '../../../base/tcompose-error.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import type { ImageAnswer } from '../../engine.ts'
import type { Roots } from '../state/layout.ts'
import { imageSource } from './source/image-sources.ts'

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
  image: ImageRequest,
  signal: AbortSignal | undefined,
): Promise<ImageAnswer | undefined> {
  const source = imageSource(roots, image)
  try {
    const id = await source.ask(signal)
    return id === undefined ? undefined : { kind: 'offered', id }
  } catch (error) {
    if (error instanceof TcomposeError) return { kind: 'failed', error }
    throw error
  }
}
