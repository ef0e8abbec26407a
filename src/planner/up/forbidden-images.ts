import type { ObservedState } from '../../model/observed-state.ts'
import { imageUses, type PullChoice, policyOf } from '../image-policy.ts'
import type { ServicePlan } from './service-plan.ts'

/** Returns a warning for each needed image that its pull policy forbids to fetch: such a plan is refused. */
export function forbiddenImages(
  plans: readonly ServicePlan[],
  { images }: ObservedState,
  choice: PullChoice,
): readonly string[] {
  const making = plans.filter(({ replicas }) =>
    replicas.some(({ fate }) => fate.kind === 'create' || fate.kind === 'recreate'),
  )
  return imageUses(making.map(({ service }) => service))
    .filter(({ services }) => services.every(service => policyOf(service, choice).kind === 'never'))
    .filter(({ label }) => {
      const image = images.get(label)
      return image?.kind === 'absent' && image.isLocal !== true
    })
    .map(
      ({ label }) =>
        `Image ${label} is not on this machine, and the pull policy "never" forbids pulling it: "up" refuses this plan`,
    )
}
