import { isNamed } from '../base/named-services.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { moveServices } from './change.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { addRemovals } from './removal.ts'
import { StepList } from './step-list.ts'
import { isRunning, StopOrder } from './stops.ts'

export interface RemoveOptions {
  /** @default all */
  readonly services?: readonly string[]
  /** Stop and remove replicas that run too. @default false */
  readonly stop?: boolean
  /** Remove their anonymous volumes too. @default false */
  readonly volumes?: boolean
}

/** Plans the removal of containers that do not run, one-offs too; networks and named volumes stay. */
export function planRemove(observed: ObservedState, options: RemoveOptions = {}): Plan {
  const { services, stop = false, volumes = false } = options
  const steps = new StepList()
  const all = [...observed.containers, ...(observed.oneOffs ?? [])]
  const outgoing = all
    .filter(({ service }) => isNamed(services, service))
    .filter(container => !isRunning(container) || (stop && container.slug === undefined))
    .map(container => ({ container, cause: 'rm' }))
  addRemovals(steps, outgoing, {
    grace: undefined,
    anonymousVolumes: volumes,
    destructive: volumes ? 'its anonymous volumes are removed' : undefined,
    order: new StopOrder(observedDependencies(all)),
  })
  const changes = moveServices(
    'remove-service',
    outgoing.map(({ container }) => container.service),
    'rm',
  )
  return { project: observed.project, changes, steps: steps.steps, warnings: [] }
}
