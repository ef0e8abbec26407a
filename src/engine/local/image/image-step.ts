import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { ImageAction } from '../../../planner/image-action.ts'
import type { Step } from '../../../planner/plan.ts'
import type { Lease } from '../../../store/lease.ts'
import type { ExecuteOptions } from '../../engine.ts'
import type { Roots } from '../state/layout.ts'
import { fetchStepImage } from './fetch-action.ts'
import { pushStepImage } from './push-action.ts'

/** What a step about images works with. */
export interface ImageStepContext {
  readonly roots: Roots
  readonly options: ExecuteOptions
  readonly lease: Lease
}

/** Gets or pushes the image of `step`, telling how far it is. @throws {TcomposeError} As `fetchImage` and `pushImage`. */
export async function runImageStep(
  step: Step,
  action: ImageAction,
  { roots, options, lease }: ImageStepContext,
): Promise<void> {
  const { signal, onEvent } = options
  const onProgress = (progress: FetchProgress) => onEvent({ kind: 'step-progress', step, progress })
  const context = { roots, signal, onProgress, lease }
  return action.kind === 'fetch-image'
    ? await fetchStepImage(context, action)
    : await pushStepImage(context, action)
}
