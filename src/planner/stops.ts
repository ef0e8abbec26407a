import type { Millis } from '../base/millis.ts'
import { servicePath } from '../base/model-path.ts'
import type { ContainerId } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import { dependencyOrder } from './graph.ts'
import type { StepList } from './step-list.ts'

/** A container to stop or remove, and why. */
export interface Outgoing {
  readonly container: ObservedContainer
  readonly cause: string
}

/** Names the services that a service depends on. */
export type DependencyNames = (service: string) => readonly string[]

export interface StopOptions {
  /** Time between the stop signal and SIGKILL; undefined is the container's own. */
  readonly grace: Millis | undefined
  readonly order: StopOrder
  /** What a stop has to wait for besides the stops of dependents. @default nothing */
  readonly dependsOn?: (service: string) => readonly number[]
}

/** Adds a stop for each of `outgoing`, dependents before what they depend on, and returns their ids. */
export function addStops(
  steps: StepList,
  outgoing: readonly Outgoing[],
  { grace, order, dependsOn = () => [] }: StopOptions,
): ReadonlyMap<ContainerId, number> {
  const ids = new Map<ContainerId, number>()
  for (const { service, members } of dependentsFirst(outgoing, order.dependencies)) {
    const before = [...order.before(service), ...dependsOn(service)]
    for (const { container, cause } of members) {
      const { id, name } = container
      const origin = servicePath(service)
      const step = steps.add(
        { kind: 'stop-container', id, name, grace },
        { cause, dependsOn: before, origin },
      )
      ids.set(id, step)
      order.add(service, step)
    }
  }
  return ids
}

/** Remembers the stops so far, so that a service is stopped after those that depend on it. */
export class StopOrder {
  readonly dependencies: DependencyNames
  readonly #before = new Map<string, number[]>()

  constructor(dependencies: DependencyNames) {
    this.dependencies = dependencies
  }

  /** Returns the stop steps of the services that depend on `service`. */
  before(service: string): readonly number[] {
    return this.#before.get(service) ?? []
  }

  /** Notes that the step `id` stops a container of `service`. */
  add(service: string, id: number): void {
    for (const dependency of this.dependencies(service)) {
      this.#before.set(dependency, [...this.before(dependency), id])
    }
  }
}

/** The outgoing containers of one service, by replica. */
export interface ServiceOutgoing {
  readonly service: string
  readonly members: readonly Outgoing[]
}

/** Groups by service, each service before those it depends on. */
export function dependentsFirst(
  outgoing: readonly Outgoing[],
  dependencies: DependencyNames,
): readonly ServiceOutgoing[] {
  const byService = Map.groupBy(outgoing, ({ container }) => container.service)
  return dependencyOrder(byService.keys(), dependencies)
    .toReversed()
    .map(service => ({
      service,
      members: (byService.get(service) ?? []).toSorted((a, b) => compareContainers(a.container, b.container)),
    }))
}

/** Tells whether the container has a process or will get one by itself. */
export function isRunning({ state }: ObservedContainer): boolean {
  return state.kind === 'running' || state.kind === 'orphaned' || state.kind === 'restarting'
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
