import { servicePath } from '../base/model-path.ts'
import type { ReplicaAddress } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { Dependency } from '../model/service.ts'
import type { StepList } from './step-list.ts'

/** A condition that some services wait for; `restart` plays no part in that. */
export type GateCondition = Omit<Dependency, 'restart'>

/** Names a gate: one serves all who wait for the same. */
export function gateKey({ service, condition, required }: GateCondition): string {
  return `${service} ${condition} ${required}`
}

/** Tells whether the container, left as it is, meets the condition. */
export function meetsCondition(
  { state, health }: ObservedContainer,
  condition: Dependency['condition'],
): boolean {
  switch (condition) {
    case 'service_started':
      return true
    case 'service_healthy':
      return state.kind === 'running' && health === 'healthy'
    case 'service_completed_successfully':
      return state.kind === 'exited' && state.exitCode === 0
  }
}

interface GateStep {
  readonly replicas: readonly ReplicaAddress[]
  /** Those who wait, sorted. */
  readonly waiting: readonly string[]
  /** The steps that start the replicas. */
  readonly starts: readonly number[]
}

/** Adds the step that waits for a condition, and returns its id. */
export function addGate(
  steps: StepList,
  { service, condition, required }: GateCondition,
  { replicas, waiting, starts }: GateStep,
): number {
  const [first] = waiting
  const origin =
    first === undefined ? servicePath(service) : servicePath(first, 'depends_on', service, 'condition')
  return steps.add(
    {
      kind: 'await-service',
      service,
      condition,
      required,
      replicas: replicas.map(replica => ({ service: replica.service, number: replica.number })),
    },
    { cause: `needed by ${waiting.join(', ')}`, dependsOn: starts, origin },
  )
}
