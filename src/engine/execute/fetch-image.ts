import type { Action } from '../../planner/action.ts'
import { fetchImage } from '../image/resolve-image.ts'
import { type TransferContext, throttled } from './transfer-context.ts'

/**
 * Gets an image and unpacks its layers.
 *
 * @throws {TcomposeError} As `fetchImage`.
 */
export async function fetchStepImage(
  { roots, signal, onProgress, lease }: TransferContext,
  { image: reference, platform, policy }: Extract<Action, { kind: 'fetch-image' }>,
): Promise<void> {
  await fetchImage(
    roots,
    { reference, platform },
    { onProgress: throttled(onProgress), signal, policy, lease },
  )
}
