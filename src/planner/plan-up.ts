import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan } from './plan.ts'
import { lacksPostStart } from './post-start.ts'
import { compareContainers } from './stops.ts'
import { forbiddenImages } from './up/forbidden-images.ts'
import { listChanges, planChanges, type UpChanges } from './up/plan-changes.ts'
import { planSteps } from './up/plan-steps.ts'
import type { UpOptions } from './up/up-options.ts'

/**
 * Plans what makes `observed` into `desired`. Everything is created first; then, service by service in dependency
 * order, the old containers are stopped and removed and the new ones started, so that what works keeps working as
 * long as it can. A volume that exists is never removed.
 */
export function planUp(desired: DesiredState, observed: ObservedState, options: UpOptions = {}): Plan {
  const sorted = { ...observed, containers: observed.containers.toSorted(compareContainers) }
  const changes = planChanges(desired, sorted, options)
  const untouched = unchanged(changes)
  const ended = untouched.filter(({ state }) => state.kind === 'exited')
  return {
    project: desired.project,
    changes: listChanges(changes),
    steps: planSteps(changes, { desired, observed: sorted, options }),
    warnings: [...changes.warnings, ...forbiddenImages(changes, sorted, options)],
    unchanged: untouched.map(({ name }) => name),
    ...(ended.length > 0 && { ended: ended.map(({ name }) => name) }),
  }
}

function unchanged({ services }: UpChanges): readonly ObservedContainer[] {
  return services
    .flatMap(({ replicas }) => replicas)
    .filter(({ reattachment }) => reattachment === undefined)
    .flatMap(({ fate }) => (fate.kind === 'keep' && !lacksPostStart(fate.container) ? [fate.container] : []))
    .sort((a, b) => compareText(a.name, b.name))
}
