import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { Action } from '../../../planner/action.ts'
import { imageSource } from './source/image-sources.ts'
import { type TransferContext, throttled } from './transfer-context.ts'

/**
 * Fetches an image and unpacks its layers. Reports it if the name still means the same image and nothing was missing.
 *
 * @throws {TcomposeError} As `ImageSource.fetch`.
 */
export async function fetchStepImage(
  { roots, images, signal, onProgress, lease }: TransferContext,
  { image: reference, platform, policy }: Extract<Action, { kind: 'fetch-image' }>,
): Promise<void> {
  const wanted = { reference, platform }
  const before = images.lookup(wanted)
  const { id } = await imageSource(roots, wanted).fetch({
    onProgress: throttled(onProgress),
    signal,
    policy,
    lease,
  })
  images.forget(wanted)
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
