import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { FetchProgress } from '../../../model/fetch-progress.ts'
import type { Action } from '../../../planner/action.ts'
import type { ImageAction } from '../../../planner/image-action.ts'
import type { Step } from '../../../planner/plan.ts'
import type { Lease } from '../../../store/lease.ts'
import type { ExecuteOptions } from '../../engine.ts'
import { fetchStepImage } from '../image/fetch-action.ts'
import type { KnownImages } from '../image/known-images.ts'
import { pushStepImage } from '../image/push-action.ts'
import type { TransferContext } from '../image/transfer-context.ts'
import type { Roots } from '../state/layout.ts'
import type { PlanBuilds } from './plan-builds.ts'

/** What a step about images works with. */
export interface ImageStepContext {
  readonly roots: Roots
  readonly images: KnownImages
  readonly options: ExecuteOptions
  readonly lease: Lease
  readonly builds: PlanBuilds
}

/**
 * Gets, builds or pushes the image of `step`, telling how far it is.
 *
 * @throws {TcomposeError} As `ImageSource.fetch`, `buildImage` and `pushImage`.
 */
export async function runImageStep(
  step: Step,
  action: ImageAction,
  { roots, images, options, lease, builds }: ImageStepContext,
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
      if (await isFetchedInstead(context, action)) return
      await builds.build(step, action.build)
      return images.forget({ reference: action.build.image, platform: action.build.platform })
  }
}

/** Asks the registry for the image, where the action wants that first; that it has none is no failure. */
async function isFetchedInstead(
  context: TransferContext,
  { build: { image, platform }, fetchFirst }: Extract<Action, { kind: 'build-image' }>,
): Promise<boolean> {
  if (fetchFirst === undefined) return false
  try {
    await fetchStepImage(context, { kind: 'fetch-image', image, platform, policy: fetchFirst })
    return true
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    return context.images.lookup({ reference: image, platform }).kind === 'present'
  }
}
