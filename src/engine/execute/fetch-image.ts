import type { Action } from '../../planner/action.ts'
import { fetchImage } from '../image/resolve-image.ts'
import type { ExecutionContext } from './execution-context.ts'

/**
 * Gets an image and unpacks its layers.
 *
 * @throws {TcomposeError} `image-not-found`, `image-invalid`, `image-layer`, `image-source-unsupported`.
 */
export async function fetchStepImage(
  { roots, progress }: ExecutionContext,
  { image }: Extract<Action, { kind: 'fetch-image' }>,
): Promise<void> {
  await fetchImage(roots, image, ({ layersDone, layersTotal }) =>
    progress(`${layersDone} of ${layersTotal} layers`),
  )
}
