import type { Action } from '../../../planner/action.ts'
import { imageSource } from './source/image-sources.ts'
import { type TransferContext, throttled } from './transfer-context.ts'

/**
 * Pushes an image of the store to the registry that its name leads to.
 *
 * @throws {TcomposeError} As `ImageSource.push`.
 */
export async function pushStepImage(
  { roots, signal, onProgress }: TransferContext,
  { image: reference, platform }: Extract<Action, { kind: 'push-image' }>,
): Promise<void> {
  const tell = throttled(onProgress)
  await imageSource(roots, { reference, platform }).push({
    signal,
    openSource: (image, label) => imageSource(roots, image).openFiles(label),
    onProgress: ({ bytesDone, bytesTotal }) =>
      tell({ isAllHere: false, layersDone: 0, layersTotal: 0, bytesDone, bytesTotal }),
  })
}
