import type { Dependency } from '../../model/service.ts'
import { compareText } from '../canonical-json.ts'
import { addGate, type GateCondition, gateKey, meetsCondition } from '../dependency-gate.ts'
import type { StepList } from '../step-list.ts'
import { isRunning } from '../stops.ts'
import type { UpChanges } from './plan-changes.ts'
import type { ServicePlan } from './service-plan.ts'

/** Adds `await-service` steps, one per condition, shared by all who wait for it. */
export class Gates {
  readonly #steps: StepList
  readonly #plans: ReadonlyMap<string, ServicePlan>
  readonly #started: ReadonlyMap<string, readonly number[]>
  readonly #waiting: ReadonlyMap<string, readonly string[]>
  readonly #added = new Map<string, number>()

  /** `started` holds the start steps by service and may grow while the gates are in use. */
  constructor(steps: StepList, changes: UpChanges, started: ReadonlyMap<string, readonly number[]>) {
    this.#steps = steps
    this.#plans = new Map(changes.services.map(plan => [plan.service.config.name, plan]))
    this.#started = started
    this.#waiting = waitingServices(changes)
  }

  /**
   * Adds the gates of a service that runs already: what it depends on may start beside it or have become unhealthy, and
   * a failure of that is one of the whole.
   */
  addFor(dependencies: readonly Dependency[]): void {
    this.idsFor(dependencies.filter(dependency => this.#mayStillFail(dependency)))
  }

  #mayStillFail({ service, condition, required }: Dependency): boolean {
    if (condition === 'service_started') return false
    if ((this.#started.get(service) ?? []).length > 0) return true
    const replicas = this.#plans.get(service)?.replicas ?? []
    return required && replicas.some(({ fate }) => fate.kind === 'keep' && isRunning(fate.container))
  }

  /** Returns the ids of the steps behind which a container with `dependencies` may start. */
  idsFor(dependencies: readonly Dependency[]): readonly number[] {
    return dependencies.flatMap(dependency => this.#idsFor(dependency))
  }

  #idsFor(dependency: Dependency): readonly number[] {
    const { service, condition, required } = dependency
    const plan = this.#plans.get(service)
    const starts = this.#started.get(service) ?? []
    if (plan === undefined || plan.replicas.length === 0) return []
    if (starts.length === 0 && isMet(plan, dependency)) return []
    if (condition === 'service_started' && required) return starts
    const key = gateKey(dependency)
    const id = this.#added.get(key) ?? this.#add({ service, condition, required }, plan)
    this.#added.set(key, id)
    return [id]
  }

  #add(condition: GateCondition, { replicas }: ServicePlan): number {
    return addGate(this.#steps, condition, {
      replicas,
      waiting: this.#waiting.get(gateKey(condition)) ?? [],
      starts: this.#started.get(condition.service) ?? [],
    })
  }
}

/** Tells whether every replica that stays as it is meets the condition already. */
function isMet({ replicas }: ServicePlan, { condition }: Dependency): boolean {
  return replicas.every(({ fate }) => fate.kind === 'keep' && meetsCondition(fate.container, condition))
}

/** Names the services that wait at each gate, those that run already included. */
function waitingServices({ services }: UpChanges): ReadonlyMap<string, readonly string[]> {
  const waiting = services.flatMap(({ service, replicas }) =>
    replicas.length > 0
      ? service.dependencies.map(dependency => [gateKey(dependency), service.config.name] as const)
      : [],
  )
  return new Map(
    [...Map.groupBy(waiting, ([key]) => key)].map(([key, pairs]) => [
      key,
      pairs.map(([, name]) => name).sort(compareText),
    ]),
  )
}
