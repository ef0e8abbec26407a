import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** The key of a service that is tcompose's own. */
export const ON_UNHEALTHY = 'x-on-unhealthy'

/** Reads what is done about a container that has become unhealthy. */
export function readUnhealthyReaction(service: MapNode): Pick<Service, 'onUnhealthy'> {
  const reaction = textAt(service, ON_UNHEALTHY)
  return reaction === 'restart' || reaction === 'stop' ? { onUnhealthy: reaction } : {}
}
