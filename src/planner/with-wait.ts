import type { ReplicaAddress } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { DesiredState } from './desired-state.ts'
import type { Plan, Step } from './plan.ts'
import { serviceOrigin } from './stops.ts'

/**
 * Returns `plan` with a wait for each service at its end: until it has completed, for one that others need to complete,
 * or else until it runs and is healthy where it has a health check. Services that only have to run are looked at when the
 * others are ready, since one that ends meanwhile is not.
 */
export function withWait(plan: Plan, { services }: DesiredState, observed: ObservedState): Plan {
  const completing = new Set(
    services
      .flatMap(service => service.dependencies)
      .filter(({ condition }) => condition === 'service_completed_successfully')
      .map(({ service }) => service),
  )
  const waited = services
    .map(({ config }) => ({
      service: config.name,
      replicas: replicasAfter(plan, observed, config.name),
      condition: completing.has(config.name) ? COMPLETED : READY,
      isLong: completing.has(config.name) || config.healthcheck !== undefined,
    }))
    .filter(({ replicas }) => replicas.length > 0)
    .toSorted((a, b) => Number(b.isLong) - Number(a.isLong))
  const first = plan.steps.length + 1
  const long = waited.flatMap(({ isLong }, index) => (isLong ? [first + index] : []))
  const waits = waited.map(
    ({ service, condition, replicas, isLong }, index): Step => ({
      id: first + index,
      action: { kind: 'await-service', service, condition, replicas, required: true },
      cause: '--wait',
      dependsOn: [...startsOf(plan, service), ...(isLong ? [] : long)],
      origin: serviceOrigin(service),
      destructive: undefined,
    }),
  )
  return { ...plan, steps: [...plan.steps, ...waits] }
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
    action.kind === 'create-container' && action.container.service === service ? [action.container] : [],
  )
  const numbers = new Set([...kept, ...created].map(({ number }) => number))
  return [...numbers].sort((a, b) => a - b).map(number => ({ service, number }))
}

function startsOf({ steps }: Plan, service: string): readonly number[] {
  return steps.flatMap(({ id, action }) =>
    action.kind === 'start-container' && action.replica.service === service ? [id] : [],
  )
}
