import { type Bytes, bytesOf, formatBytes } from '../../base/bytes.ts'
import type { Action } from '../../planner/action.ts'
import { fetchImage } from '../image/resolve-image.ts'
import type { FetchProgress } from '../image/unpack-image.ts'
import type { ExecutionContext } from './execution-context.ts'

/**
 * Gets an image and unpacks its layers. Progress is told for each hundredth of its bytes at most.
 *
 * @throws {TcomposeError} As `fetchImage`.
 */
export async function fetchStepImage(
  { roots, progress, signal }: ExecutionContext,
  { image, again }: Extract<Action, { kind: 'fetch-image' }>,
): Promise<void> {
  let told = -1
  const onProgress = ({ bytesDone, bytesTotal }: FetchProgress): void => {
    const percent = Math.floor((100 * bytesDone) / Math.max(bytesTotal, 1))
    if (percent === told) return
    told = percent
    progress(progressText(bytesOf(bytesDone), bytesOf(bytesTotal)))
  }
  await fetchImage(roots, image, { onProgress, signal, again: again === true })
}

function progressText(done: Bytes, total: Bytes): string {
  return `${formatBytes(done)} of ${formatBytes(total)}`
}
