import { bytesOf, formatBytes } from '../../base/bytes.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Action } from '../../planner/action.ts'
import { parseReference } from '../image/reference.ts'
import type { ExecutionContext } from './execution-context.ts'

/**
 * Gives an image of the store to the registry that its name leads to. Progress is told for each hundredth of its bytes
 * at most.
 *
 * @throws {TcomposeError} `image-source-unsupported` if the name leads to no registry; else as `pushImage`.
 */
export async function pushStepImage(
  { roots, progress, signal }: ExecutionContext,
  { image }: Extract<Action, { kind: 'push-image' }>,
): Promise<void> {
  const target = parseReference(image)
  if (target.kind !== 'registry') {
    throw new TcomposeError(
      'image-source-unsupported',
      `Cannot push image "${image}": it is a source of this machine, expected an image of a registry`,
      { hint: 'Name other services, or give the image a name of a registry' },
    )
  }
  let told = -1
  // The client of registries is loaded by those who ask one.
  const { pushImage } = await import('../image/registry/push-image.ts')
  const pushed = await pushImage({
    roots,
    target,
    reference: image,
    signal,
    onProgress: ({ bytesDone, bytesTotal }) => {
      const percent = Math.floor((100 * bytesDone) / Math.max(bytesTotal, 1))
      if (percent === told) return
      told = percent
      progress(`${formatBytes(bytesOf(Math.max(bytesDone, 0)))} of ${formatBytes(bytesOf(bytesTotal))}`)
    },
  })
  if (pushed.wasThere) progress('is there')
}
