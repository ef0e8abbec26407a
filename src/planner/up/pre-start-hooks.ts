import type { NumberedHook } from '../pre-start.ts'
import { isRunning } from '../stops.ts'
import type { ServicePlan } from './service-plan.ts'

/**
 * Returns the hooks that run before replicas of the service start, by their index: all where none of it runs, those of
 * each replica otherwise; none for a one-off.
 */
export function preStartHooks({ service, replicas }: ServicePlan): readonly NumberedHook[] {
  const { config, oneOff } = service
  if (
    config.preStart === undefined ||
    oneOff !== undefined ||
    replicas.every(({ fate }) => fate.kind === 'keep')
  )
    return []
  const isUp = replicas.some(({ fate }) => fate.kind === 'keep' && isRunning(fate.container))
  return [...config.preStart.entries()].filter(([, { isPerReplica }]) => isPerReplica || !isUp)
}
