import type { ObservedState } from '../model/observed-state.ts'
import type { Plan } from './plan.ts'
import { addRemoval } from './removal.ts'
import { StepList } from './step-list.ts'

/** Returns what plans the removal of the one-off with `slug` and its anonymous volumes, if it is there. */
export function planRemoveOneOff(slug: string): (observed: ObservedState) => Plan {
  return ({ project, oneOffs = [] }) => {
    const steps = new StepList()
    for (const container of oneOffs.filter(other => other.slug === slug)) {
      addRemoval(steps, { container, cause: 'it has ended' }, { grace: undefined, anonymousVolumes: true })
    }
    return { project, changes: [], steps: steps.steps, warnings: [] }
  }
}
