import type { Millis } from '../base/millis.ts'
import { servicePath } from '../base/model-path.ts'
import type { ReplicaAddress } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { DesiredService } from './desired-state.ts'
import type { Plan, Step } from './plan.ts'

/**
 * Returns `plan` with a wait for each service at its end: until it has completed, for one that others need to complete,
 * or else until it runs and is healthy where it has a health check. Services that have to run are checked when the
 * others are ready, those with a health check again, since one that ends meanwhile is not ready.
 */
export function withWait(plan: Plan, observed: ObservedState, { services, timeout }: WaitOptions): Plan {
  const waited = waitedServices(plan, services, observed)
  const long = waited.filter(({ isLong }) => isLong)
  const last = waited.filter(({ isLong, condition }) => !isLong || (condition === READY && waited.length > 1))
  const first = plan.steps.length + 1
  const longIds = long.map((_, index) => first + index)
  const waits = [...long, ...last].map(
    ({ service, condition, replicas }, index): Step => ({
      id: first + index,
      action: {
        ...{ kind: 'await-service', service, condition, replicas, required: true },
        ...(timeout !== undefined && { timeout }),
      },
      cause: '--wait',
      dependsOn: [...startsOf(plan, service), ...(index < long.length ? [] : longIds)],
      origin: servicePath(service),
      destructive: undefined,
    }),
  )
  return { ...plan, steps: [...plan.steps, ...waits] }
}

/** Whom to wait for. */
export interface WaitOptions {
  readonly services: readonly AwaitedService[]
  /** How long at most, for each of them. @default as long as it takes */
  readonly timeout?: Millis
}

/** A service that may be waited for, and what it depends on. */
export type AwaitedService = Pick<DesiredService, 'config' | 'dependencies'>

interface WaitedService {
  readonly service: string
  readonly replicas: readonly ReplicaAddress[]
  readonly condition: typeof COMPLETED | typeof READY
  /** More than a look at whether it runs. */
  readonly isLong: boolean
}

function waitedServices(
  plan: Plan,
  services: readonly AwaitedService[],
  observed: ObservedState,
): readonly WaitedService[] {
  const completing = new Set(
    services
      .flatMap(service => service.dependencies)
      .filter(({ condition }) => condition === COMPLETED)
      .map(({ service }) => service),
  )
  return services
    .map(({ config }) => ({
      service: config.name,
      replicas: replicasAfter(plan, observed, config.name),
      condition: completing.has(config.name) ? COMPLETED : READY,
      isLong: completing.has(config.name) || config.healthcheck !== undefined,
    }))
    .filter(({ replicas }) => replicas.length > 0)
}

const COMPLETED = 'service_completed_successfully' as const
const READY = 'service_ready' as const

/** The replicas of `service` that there are once `plan` is carried out. */
function replicasAfter(
  { steps }: Plan,
  { containers }: ObservedState,
  service: string,
): readonly ReplicaAddress[] {
  const removed = new Set(
    steps.flatMap(({ action }) => (action.kind === 'remove-container' ? [action.id] : [])),
  )
  const kept = containers.filter(container => container.service === service && !removed.has(container.id))
  const created = steps.flatMap(({ action }) =>
    action.kind === 'create-container' &&
    action.container.service === service &&
    action.container.slug === undefined
      ? [action.container]
      : [],
  )
  const numbers = new Set([...kept, ...created].map(({ number }) => number))
  return [...numbers].sort((a, b) => a - b).map(number => ({ service, number }))
}

function startsOf({ steps }: Plan, service: string): readonly number[] {
  return steps.flatMap(({ id, action }) =>
    (action.kind === 'start-container' || action.kind === 'run-post-start') &&
    action.replica.service === service
      ? [id]
      : [],
  )
}
