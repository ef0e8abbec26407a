import type { ContainerId } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Plan } from './plan.ts'
import { addRemoval } from './removal.ts'
import { StepList } from './step-list.ts'
import type { Outgoing } from './stops.ts'
import { spentOneOffs } from './up/spent-one-offs.ts'

/** Plans the removal of one-offs that have ended and were to go, or were never finished. */
export function planSweep(observed: ObservedState): Plan {
  const steps = new StepList()
  const spent = spentOneOffs(observed, {})
  addSpentRemovals(steps, spent)
  return { project: observed.project, changes: [], steps: steps.steps, warnings: [] }
}

/** Adds the removals of one-offs, those that were to go with their anonymous volumes. Returns the id of each one's. */
export function addSpentRemovals(
  steps: StepList,
  spent: readonly Outgoing[],
  stopped: ReadonlyMap<ContainerId, number> = new Map(),
): ReadonlyMap<ContainerId, number> {
  return new Map(
    spent.map(outgoing => {
      const anonymousVolumes = outgoing.container.spec?.isRemovedAtEnd === true
      const { remove } = addRemoval(steps, outgoing, { grace: undefined, anonymousVolumes, stopped })
      return [outgoing.container.id, remove]
    }),
  )
}
