import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { ImageAction } from '../../../planner/image-action.ts'
import type { Step } from '../../../planner/plan.ts'
import type { Lease } from '../../../store/lease.ts'
import type { ExecuteOptions } from '../../engine.ts'
import type { Roots } from '../state/layout.ts'
import { fetchStepImage } from './fetch-action.ts'
import type { KnownImages } from './known-images.ts'
import { pushStepImage } from './push-action.ts'

/** What a step about images works with. */
export interface ImageStepContext {
  readonly roots: Roots
  readonly images: KnownImages
  readonly options: ExecuteOptions
  readonly lease: Lease
}

/** Gets or pushes the image of `step`, telling how far it is. @throws {TcomposeError} As `ImageSource.fetch` and `pushImage`. */
export async function runImageStep(
  step: Step,
  action: ImageAction,
  { roots, images, options, lease }: ImageStepContext,
): Promise<void> {
  const { signal, onEvent } = options
  const onProgress = (progress: FetchProgress) => onEvent({ kind: 'step-progress', step, progress })
  const context = { roots, images, signal, onProgress, lease }
  switch (action.kind) {
    case 'fetch-image':
      return await fetchStepImage(context, action)
    case 'push-image':
      return await pushStepImage(context, action)
    case 'build-image':
      throw new TcomposeError(
        'build-unsupported',
        `Cannot build the image of service "${action.build.service}": this engine builds no images`,
      )
  }
}
