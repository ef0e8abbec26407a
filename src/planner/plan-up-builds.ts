import type { ObservedState } from '../model/observed-state.ts'
import { conflictingBuilds } from './build-steps.ts'
import type { DesiredState } from './desired-state.ts'
import type { PullChoice } from './image-policy.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'
import { addUpBuilds } from './up/add-up-builds.ts'
import { type BuildChoice, buildTasks } from './up/build-tasks.ts'

/**
 * Plans the builds that `up` begins with, as a plan of its own. What a build makes is known when it is done: so `up`
 * carries this plan out, observes again, and plans the rest with `build: 'done'`. Then a container is recreated if its
 * image has another id, and only then. `planUp` without that shows builds and the rest as one plan, in which every
 * container of an image that is built again is recreated.
 */
export function planUpBuilds(
  desired: DesiredState,
  observed: ObservedState,
  choice: BuildChoice & PullChoice = {},
): Plan {
  const steps = new StepList()
  const tasks = buildTasks(desired, observed, choice)
  addUpBuilds(steps, tasks, { desired, choice })
  return { project: desired.project, changes: [], steps: steps.steps, warnings: conflictingBuilds(tasks) }
}
