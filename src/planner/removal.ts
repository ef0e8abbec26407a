import type { Millis } from '../base/millis.ts'
import { servicePath } from '../base/model-path.ts'
import type { ContainerId } from '../model/names.ts'
import type { StepList } from './step-list.ts'
import { dependentsFirst, isRunning, type Outgoing, type StopOrder } from './stops.ts'

export interface RemovalOptions {
  /** Time between the stop signal and SIGKILL; undefined is the container's own. */
  readonly grace: Millis | undefined
  /** Remove the anonymous volumes too. @default false */
  readonly anonymousVolumes?: boolean
  /** Why the removal loses data, if it does. */
  readonly destructive?: string | undefined
  /** Containers that earlier steps have stopped, with those steps. @default none */
  readonly stopped?: ReadonlyMap<ContainerId, number>
  /** What the removal has to wait for. @default nothing */
  readonly dependsOn?: Iterable<number>
}

/** The steps that remove a container; `stop` is undefined for one that does not run. */
export interface RemovalSteps {
  readonly stop: number | undefined
  readonly remove: number
}

/** Adds the steps that remove one container. */
export function addRemoval(
  steps: StepList,
  { container, cause }: Outgoing,
  options: RemovalOptions,
): RemovalSteps {
  const { grace, anonymousVolumes = false, destructive, stopped, dependsOn = [] } = options
  const { id, name } = container
  const origin = servicePath(container.service)
  const earlier = stopped?.get(id)
  const stop =
    earlier === undefined && isRunning(container)
      ? steps.add({ kind: 'stop-container', id, name, grace }, { cause, dependsOn, origin })
      : undefined
  const before = stop === undefined ? [...dependsOn, ...(earlier === undefined ? [] : [earlier])] : [stop]
  const remove = steps.add(
    { kind: 'remove-container', id, name, anonymousVolumes },
    { cause, dependsOn: before, origin, destructive },
  )
  return { stop, remove }
}

export interface GroupRemovalOptions extends Omit<RemovalOptions, 'dependsOn'> {
  readonly order: StopOrder
}

/**
 * Adds the steps that remove `outgoing`, dependents stopped before what they depend on. Returns the id of each
 * container's last step.
 */
export function addRemovals(
  steps: StepList,
  outgoing: readonly Outgoing[],
  { order, ...options }: GroupRemovalOptions,
): ReadonlyMap<ContainerId, number> {
  const removed = new Map<ContainerId, number>()
  for (const { service, members } of dependentsFirst(outgoing, order.dependencies)) {
    const before = order.before(service)
    for (const member of members) {
      const dependsOn = isRunning(member.container) ? before : []
      const { stop, remove } = addRemoval(steps, member, { ...options, dependsOn })
      removed.set(member.container.id, remove)
      if (stop !== undefined) order.add(service, stop)
    }
  }
  return removed
}
