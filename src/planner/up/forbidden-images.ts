import type { ObservedState } from '../../model/observed-state.ts'
import { type ImageUse, imageUses, type PullChoice, policyOf } from '../image-policy.ts'
import type { BuildChoice } from './build-tasks.ts'
import type { UpChanges } from './plan-changes.ts'

/**
 * Returns a warning for each needed image that is not there and may be neither fetched nor built: such a plan is
 * refused.
 */
export function forbiddenImages(
  { services, builds }: Pick<UpChanges, 'services' | 'builds'>,
  { images }: ObservedState,
  choice: PullChoice & BuildChoice,
): readonly string[] {
  const built = new Set(builds.map(({ build }) => build.service))
  const making = services.filter(({ replicas }) =>
    replicas.some(({ fate }) => fate.kind === 'create' || fate.kind === 'recreate'),
  )
  return imageUses(making.map(({ service }) => service))
    .filter(({ build }) => build === undefined || !built.has(build.service))
    .filter(use => isForbidden(use, choice))
    .filter(({ label }) => {
      const image = images.get(label)
      return image?.kind === 'absent' && image.isLocal !== true
    })
    .map(use => `Image ${use.label} is not on this machine, and ${reason(use)}: "up" refuses this plan`)
}

/** Tells whether no registry may be asked for an image: policies forbid it, or it has no name that one would know. */
export function isForbidden({ services, build }: ImageUse, choice: PullChoice & BuildChoice): boolean {
  if (build !== undefined && (!build.isNamed || choice.build !== 'never')) return true
  return services.every(service => ['never', 'build'].includes(policyOf(service, choice).kind))
}

function reason({ build }: ImageUse): string {
  return build === undefined ? 'the pull policy "never" forbids pulling it' : 'it may not be built now'
}
