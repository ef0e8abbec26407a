import { addBuildSteps, type BuildTask } from '../build-steps.ts'
import type { DesiredState } from '../desired-state.ts'
import { buildForContainers } from '../service-build.ts'
import type { StepList } from '../step-list.ts'
import type { BuildChoice } from './build-tasks.ts'

/** Adds the steps of the builds that `up` begins with; returns their ids. */
export function addUpBuilds(
  steps: StepList,
  tasks: readonly BuildTask[],
  { desired, choice }: { readonly desired: DesiredState; readonly choice: BuildChoice },
): readonly number[] {
  const ids = addBuildSteps(steps, tasks, {
    builds: desired.builds,
    dockerfileImages: choice.dockerfileImages,
    toImageBuild: build => buildForContainers(build, choice.overrides),
  })
  return [...new Set(ids.values())]
}
