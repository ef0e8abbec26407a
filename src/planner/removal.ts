import type { Millis } from '../base/millis.ts'
import type { ContainerId } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import { dependencyOrder } from './graph.ts'
import type { StepList } from './step-list.ts'

/** A container that is to go, and why. */
export interface Removal {
  readonly container: ObservedContainer
  readonly cause: string
}

export interface RemovalOptions {
  /** Time between the stop signal and SIGKILL; undefined is the container's own. */
  readonly grace: Millis | undefined
  /** Remove the anonymous volumes too. @default false */
  readonly anonymousVolumes?: boolean
  /** Why the removal loses data, if it does. */
  readonly destructive?: string | undefined
  /** What each container's removal has to wait for. @default nothing */
  readonly dependsOn?: Iterable<number>
}

/** Adds the steps that take one container away, and returns the id of the last. */
export function addRemoval(
  steps: StepList,
  { container, cause }: Removal,
  { grace, anonymousVolumes = false, destructive, dependsOn = [] }: RemovalOptions,
): number {
  const { id, name } = container
  const origin = serviceOrigin(container.service)
  const stop = isRunning(container)
    ? [steps.add({ kind: 'stop-container', id, name, grace }, { cause, dependsOn, origin })]
    : [...dependsOn]
  return steps.add(
    { kind: 'remove-container', id, name, anonymousVolumes },
    { cause, dependsOn: stop, origin, destructive },
  )
}

export interface GroupRemovalOptions extends RemovalOptions {
  /** Names of the services that a service depends on. */
  readonly dependencies: (service: string) => readonly string[]
}

/**
 * Adds the steps that take `removals` away, dependents stopped before what they depend on. Returns the id of each
 * container's last step.
 */
export function addRemovals(
  steps: StepList,
  removals: readonly Removal[],
  options: GroupRemovalOptions,
): ReadonlyMap<ContainerId, number> {
  const causes = new Map(removals.map(({ container, cause }) => [container.id, cause]))
  const all = removals.map(({ container }) => container)
  const last = new Map<ContainerId, number>()
  const stops = new StopOrder(options.dependencies)
  for (const { service, containers } of orderedForStop(all, options.dependencies)) {
    const before = [...(options.dependsOn ?? []), ...stops.before(service)]
    for (const container of containers) {
      const cause = causes.get(container.id) ?? ''
      const dependsOn = isRunning(container) ? before : []
      const id = addRemoval(steps, { container, cause }, { ...options, dependsOn })
      last.set(container.id, id)
      if (isRunning(container)) stops.add(service, id - 1)
    }
  }
  return last
}

/** Remembers the stop steps so far, so that a service is stopped after those that depend on it. */
export class StopOrder {
  readonly #dependencies: (service: string) => readonly string[]
  readonly #before = new Map<string, number[]>()

  constructor(dependencies: (service: string) => readonly string[]) {
    this.#dependencies = dependencies
  }

  /** Returns the stop steps of the services that depend on `service`. */
  before(service: string): readonly number[] {
    return this.#before.get(service) ?? []
  }

  /** Notes that the step `id` stops a container of `service`. */
  add(service: string, id: number): void {
    for (const dependency of this.#dependencies(service)) {
      this.#before.set(dependency, [...this.before(dependency), id])
    }
  }
}

/** The containers of one service, by replica. */
export interface ServiceContainers {
  readonly service: string
  readonly containers: readonly ObservedContainer[]
}

/** Groups `containers` by service, each service before those it depends on. */
export function orderedForStop(
  containers: readonly ObservedContainer[],
  dependencies: (service: string) => readonly string[],
): readonly ServiceContainers[] {
  const byService = Map.groupBy(containers, container => container.service)
  return dependencyOrder(byService.keys(), dependencies)
    .toReversed()
    .map(service => ({ service, containers: (byService.get(service) ?? []).toSorted(compareContainers) }))
}

/** Tells whether the container has a process or will get one by itself. */
export function isRunning({ state }: ObservedContainer): boolean {
  return state.kind === 'running' || state.kind === 'restarting'
}

/** Returns the model path of a service. */
export function serviceOrigin(service: string): string {
  return `services.${service}`
}

/** Orders containers by service, replica number and age. */
export function compareContainers(a: ObservedContainer, b: ObservedContainer): number {
  return (
    compareText(a.service, b.service) ||
    a.number - b.number ||
    a.createdAt - b.createdAt ||
    compareText(a.id, b.id)
  )
}
