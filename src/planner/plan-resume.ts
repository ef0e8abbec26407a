import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import type { Plan } from './plan.ts'
import { isStartable, startsOf } from './plan-start.ts'

/**
 * Plans what a reboot has ended and is to run: containers whose restart policy is `always`, and those of other policies
 * that ran when they were last heard of. Each is started after those it depends on, as far as they are started too.
 */
export function planResume(observed: ObservedState): Plan {
  const existing = observed.containers.filter(({ state }) => state.kind !== 'incomplete')
  const wanted = existing.filter(container => isStartable(container) && isToRun(container))
  return startsOf({ ...observed, containers: existing }, wanted, { cause: 'resume', hasPreStart: false })
}

function isToRun({ spec, isWanted = false }: ObservedContainer): boolean {
  return isWanted || spec?.config.restart.kind === 'always'
}
