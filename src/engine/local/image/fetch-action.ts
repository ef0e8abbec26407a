import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { Action } from '../../../planner/action.ts'
import { lookupImage } from '../../../store/images/lookup-image.ts'
import { fetchImage } from './fetch-image.ts'
import { type TransferContext, throttled } from './transfer-context.ts'

/**
 * Gets an image and unpacks its layers. Says so if the name leads to what it led to before, with nothing to be got.
 *
 * @throws {TcomposeError} As `fetchImage`.
 */
export async function fetchStepImage(
  { roots, signal, onProgress, lease }: TransferContext,
  { image: reference, platform, policy }: Extract<Action, { kind: 'fetch-image' }>,
): Promise<void> {
  const wanted = { reference, platform }
  const before = lookupImage(roots, wanted)
  const { id } = await fetchImage(roots, wanted, {
    onProgress: throttled(onProgress),
    signal,
    policy,
    lease,
  })
  if (before.kind === 'present' && before.unpacked && before.id === id) onProgress(UNCHANGED)
}

const UNCHANGED: FetchProgress = {
  isUnchanged: true,
  isAllHere: false,
  layersDone: 0,
  layersTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
}
