import { TcomposeError } from '../../../base/tcompose-error.ts'
import { parseReference } from '../../../oci/reference.ts'
import type { Action } from '../../../planner/action.ts'
import { type TransferContext, throttled } from './transfer-context.ts'

/**
 * Gives an image of the store to the registry that its name leads to.
 *
 * @throws {TcomposeError} `image-source-unsupported` if the name leads to no registry; else as `pushImage`.
 */
export async function pushStepImage(
  { roots, signal, onProgress }: TransferContext,
  { image, platform }: Extract<Action, { kind: 'push-image' }>,
): Promise<void> {
  const target = parseReference(image)
  if (target.kind !== 'registry') {
    throw new TcomposeError(
      'image-source-unsupported',
      `Cannot push image "${image}": it is a source of this machine, expected an image of a registry`,
      { hint: 'Name other services, or give the image a name of a registry' },
    )
  }
  const tell = throttled(onProgress)
  // The client of registries is loaded by those who ask one.
  const { pushImage } = await import('../../../registry/push-image.ts')
  await pushImage({
    roots,
    target,
    platform,
    reference: image,
    signal,
    onProgress: ({ bytesDone, bytesTotal }) =>
      tell({ isAllHere: false, layersDone: 0, layersTotal: 0, bytesDone, bytesTotal }),
  })
}
