import type { ServiceChange } from '../change.ts'
import { lacksPostStart, UNFINISHED_HOOKS } from '../post-start.ts'
import { causesOf } from './reattachment.ts'
import type { ServicePlan } from './service-plan.ts'

/**
 * Returns the plans of the replicas of a service as one change of it, with the first cause of the weightiest; undefined
 * if it stays as it is.
 */
export function serviceChange({ service, replicas, surplus }: ServicePlan): ServiceChange | undefined {
  const fates = replicas.map(({ fate }) => fate)
  const { name } = service.config
  const recreated = fates.find(({ kind }) => kind === 'recreate')
  if (recreated?.kind === 'recreate') return { kind: 'recreate-service', service, cause: recreated.cause }
  const created = fates.find(({ kind }) => kind === 'create')
  if (created?.kind === 'create' && service.oneOff !== undefined) {
    return { kind: 'run-service', service, cause: created.cause }
  }
  if (created?.kind === 'create') {
    const isNew = surplus.length === 0 && fates.every(({ kind }) => kind === 'create')
    return { kind: isNew ? 'create-service' : 'scale-service', service, cause: created.cause }
  }
  const [gone] = surplus
  if (gone !== undefined) return { kind: 'scale-service', service, cause: gone.cause }
  const restarted = fates.find(({ kind }) => kind === 'restart')
  if (restarted?.kind === 'restart') return { kind: 'restart-service', service: name, cause: restarted.cause }
  const started = fates.find(({ kind }) => kind === 'start')
  if (started?.kind === 'start') return { kind: 'start-service', service: name, cause: started.cause }
  const [reattachment] = replicas.flatMap(replica => replica.reattachment ?? [])
  if (reattachment !== undefined)
    return { kind: 'reattach-service', service, cause: causesOf(reattachment).join(', ') }
  return fates.some(fate => fate.kind === 'keep' && lacksPostStart(fate.container))
    ? { kind: 'start-service', service: name, cause: UNFINISHED_HOOKS }
    : undefined
}
