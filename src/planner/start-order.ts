import { servicePath } from '../base/model-path.ts'
import type { ContainerSpec } from '../model/container.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { Dependency } from '../model/service.ts'
import { compareText } from './canonical-json.ts'
import { addGate, gateKey, meetsCondition } from './dependency-gate.ts'
import type { ContainerNaming } from './desired-state.ts'
import { dependenciesOf, dependencyOrder, withDependencies } from './graph.ts'
import { observedDependencies } from './observed-dependencies.ts'
import { addPostStart } from './post-start.ts'
import { addPreStart, type NumberedHook } from './pre-start.ts'
import type { StepList } from './step-list.ts'
import { compareContainers } from './stops.ts'

/** Containers to start among those that exist. */
export interface Starts {
  /** All containers of the project. */
  readonly existing: readonly ObservedContainer[]
  readonly wanted: readonly ObservedContainer[]
  /** The stops to wait for, by container name. @default none */
  readonly stops?: ReadonlyMap<string, number>
  /** Steps that come before all starts. @default none */
  readonly behind?: readonly number[]
  /** Of which `pre_start` hooks run. @default none do */
  readonly naming?: ContainerNaming
  /** @default start, or restart for one that is stopped first */
  readonly cause?: string
}

/**
 * Adds the starts of containers that exist, each behind the conditions of what it depends on, as far as what it was made
 * from is recorded.
 */
export function addStarts(steps: StepList, starts: Starts): void {
  const order = new StartOrder(steps, starts)
  const byService = Map.groupBy(starts.wanted, container => container.service)
  const dependencies = observedDependencies(starts.existing)
  // Services between two wanted ones determine their order, too.
  const all = withDependencies(byService.keys(), dependencies)
  for (const service of dependencyOrder(all, dependencies)) order.start(service, byService.get(service) ?? [])
}

class StartOrder {
  readonly #steps: StepList
  readonly #starts: Starts
  readonly #started = new Map<string, readonly number[]>()
  readonly #gates = new Map<string, number>()

  constructor(steps: StepList, starts: Starts) {
    this.#steps = steps
    this.#starts = starts
  }

  start(service: string, containers: readonly ObservedContainer[]): void {
    if (containers.length === 0) return
    const { stops = new Map<string, number>(), behind = [], cause } = this.#starts
    const gates = [
      ...behind,
      ...this.#dependenciesOf(service).flatMap(dependency => this.#gatesOf(dependency)),
    ]
    const ready = this.#preStart(containers, gates)
    const ids = containers.toSorted(compareContainers).map(({ number, name, spec }) => {
      const stop = stops.get(name)
      const replica = { service, number }
      const start = this.#steps.add(
        { kind: 'start-container', replica, name, ...(stop !== undefined && { isRestart: true }) },
        {
          cause: cause ?? (stop === undefined ? 'start' : 'restart'),
          dependsOn: stop === undefined ? ready : [...ready, stop],
          origin: servicePath(service),
        },
      )
      return addPostStart(this.#steps, { replica, name, config: spec?.config }, start)
    })
    this.#started.set(service, ids)
  }

  /** Adds the hooks that run before the first of a service starts; returns what its starts wait for. */
  #preStart(containers: readonly ObservedContainer[], gates: readonly number[]): readonly number[] {
    const { naming, existing } = this.#starts
    const spec = containers.find(container => container.spec !== undefined)?.spec
    if (naming === undefined || spec?.config.preStart === undefined) return gates
    const isUp = existing.some(other => other.service === spec.service && other.state.kind === 'running')
    const hooks = [...spec.config.preStart.entries()].filter(([, { isPerReplica }]) => isPerReplica || !isUp)
    return addPreStart(this.#steps, {
      ...{ naming, service: spec, hooks, made: [...gates, ...this.#hookImages(spec, hooks)], before: gates },
      starting: containers.map(({ number }) => number),
    })
  }

  /** Containers keep the service's image; nothing keeps another one that a hook runs in. */
  #hookImages({ config, platform }: ContainerSpec, hooks: readonly NumberedHook[]): readonly number[] {
    const images = new Set(hooks.map(([, { image }]) => image).filter(image => image !== config.image))
    return [...images].map(image =>
      this.#steps.add(
        { kind: 'fetch-image', image, ...(platform && { platform }), policy: 'missing' },
        { cause: 'pre_start', origin: servicePath(config.name, 'pre_start') },
      ),
    )
  }

  #gatesOf(dependency: Dependency): readonly number[] {
    const { service, condition, required } = dependency
    const starts = this.#started.get(service) ?? []
    const replicas = this.#starts.existing.filter(container => container.service === service)
    if (replicas.length === 0) return []
    const isMet = starts.length === 0 && replicas.every(one => meetsCondition(one, condition))
    if (isMet || (condition === 'service_started' && required)) return starts
    const key = gateKey(dependency)
    const waiting = this.#waitingFor(key)
    const known = this.#gates.get(key) ?? addGate(this.#steps, dependency, { replicas, waiting, starts })
    this.#gates.set(key, known)
    return [known]
  }

  #waitingFor(key: string): readonly string[] {
    const services = new Set(this.#starts.wanted.map(({ service }) => service))
    return [...services]
      .filter(name => this.#dependenciesOf(name).some(dependency => gateKey(dependency) === key))
      .sort(compareText)
  }

  #dependenciesOf(service: string): readonly Dependency[] {
    const spec = this.#starts.existing.find(one => one.service === service && one.spec !== undefined)?.spec
    return spec === undefined ? [] : dependenciesOf(spec.config)
  }
}
