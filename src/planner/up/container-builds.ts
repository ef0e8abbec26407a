import type { ImageBuild } from '../../model/build-event.ts'
import { withNeededBuilds } from '../build-steps.ts'
import type { DesiredState } from '../desired-state.ts'
import { buildForContainers } from '../service-build.ts'
import type { BuildChoice } from './build-tasks.ts'

/**
 * Returns every build that `up` may carry out, by service: those of the selected services, and those from whose images
 * they are made. What each would do now is what `BuildChoice.forecasts` takes.
 */
export function containerBuilds(
  { services, builds }: DesiredState,
  { dockerfileImages, overrides }: Pick<BuildChoice, 'dockerfileImages' | 'overrides'> = {},
): ReadonlyMap<string, ImageBuild> {
  const own = services.flatMap(({ build }) => (build === undefined ? [] : { build, cause: 'build' }))
  const all = withNeededBuilds(own, { builds, dockerfileImages })
  return new Map(all.map(({ build }) => [build.service, buildForContainers(build, overrides)]))
}
