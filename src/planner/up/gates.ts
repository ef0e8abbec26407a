import type { ReplicaAddress } from '../../model/names.ts'
import type { ObservedContainer } from '../../model/observed-state.ts'
import type { Dependency } from '../../model/service.ts'
import { compareText } from '../canonical-json.ts'
import type { StepList } from '../step-list.ts'
import { serviceOrigin } from '../stops.ts'
import type { Decisions } from './decide.ts'
import type { ServiceDecision } from './decide-service.ts'

/** Adds `await-service` steps, one per condition, shared by all who wait for it. */
export class Gates {
  readonly #steps: StepList
  readonly #decisions: ReadonlyMap<string, ServiceDecision>
  readonly #started: ReadonlyMap<string, readonly number[]>
  readonly #waiting: ReadonlyMap<string, readonly string[]>
  readonly #added = new Map<string, number>()

  /** `started` holds the start steps by service and may grow while the gates are in use. */
  constructor(steps: StepList, decisions: Decisions, started: ReadonlyMap<string, readonly number[]>) {
    this.#steps = steps
    this.#decisions = new Map(decisions.services.map(decision => [decision.service.config.name, decision]))
    this.#started = started
    this.#waiting = waitingServices(decisions)
  }

  /** Returns the ids of the steps behind which a container with `dependencies` may start. */
  idsFor(dependencies: readonly Dependency[]): readonly number[] {
    return dependencies.flatMap(dependency => this.#idsFor(dependency))
  }

  #idsFor(dependency: Dependency): readonly number[] {
    const { service, condition, required } = dependency
    const decision = this.#decisions.get(service)
    const starts = this.#started.get(service) ?? []
    if (decision === undefined || decision.replicas.length === 0) return []
    if (starts.length === 0 && isMet(decision, dependency)) return []
    if (condition === 'service_started' && required) return starts
    const key = gateKey(dependency)
    const id = this.#added.get(key) ?? this.#add({ service, condition, required }, decision)
    this.#added.set(key, id)
    return [id]
  }

  #add({ service, condition, required }: Omit<Dependency, 'restart'>, { replicas }: ServiceDecision): number {
    const waiting = this.#waiting.get(gateKey({ service, condition, required })) ?? []
    return this.#steps.add(
      { kind: 'await-service', service, condition, required, replicas: replicas.map(addressOf) },
      {
        cause: `needed by ${waiting.join(', ')}`,
        dependsOn: this.#started.get(service) ?? [],
        origin: serviceOrigin(service),
      },
    )
  }
}

/** Tells whether every replica that stays as it is meets the condition already. */
function isMet({ replicas }: ServiceDecision, { condition }: Dependency): boolean {
  return replicas.every(({ verdict }) => verdict.kind === 'keep' && meets(verdict.container, condition))
}

function meets({ state, health }: ObservedContainer, condition: Dependency['condition']): boolean {
  switch (condition) {
    case 'service_started':
      return true
    case 'service_healthy':
      return state.kind === 'running' && health === 'healthy'
    case 'service_completed_successfully':
      return state.kind === 'exited' && state.exitCode === 0
  }
}

/** Names the services that wait at each gate because one of their containers is to be started. */
function waitingServices({ services }: Decisions): ReadonlyMap<string, readonly string[]> {
  const waiting = services.flatMap(({ service, replicas }) =>
    replicas.some(({ verdict }) => verdict.kind !== 'keep')
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

function gateKey({ service, condition, required }: Omit<Dependency, 'restart'>): string {
  return `${service} ${condition} ${required}`
}

function addressOf({ service, number }: ReplicaAddress): ReplicaAddress {
  return { service, number }
}
