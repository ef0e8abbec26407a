import type { Dependency, DependencyCondition, Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, textAt } from '../rules/rule-context.ts'
import { flagAt } from './read-values.ts'

/** Reads the services with containers that `map` depends on, of those that are on. */
export function readDependencies(map: MapNode, active: ReadonlyMap<string, MapNode>): readonly Dependency[] {
  return [...entriesAt(map, 'depends_on')].flatMap(([service, { value }]) => {
    const other = active.get(service)
    if (value.kind !== 'map' || other === undefined || isProvided(other)) return []
    return [
      {
        service,
        condition: conditionOf(textAt(value, 'condition')),
        restart: flagAt(value, 'restart') ?? false,
        required: flagAt(value, 'required') ?? true,
      },
    ]
  })
}

/** Names the services of providers that `map` depends on, of those that are on. */
export function providersOf(map: MapNode, active: ReadonlyMap<string, MapNode>): Pick<Service, 'providedBy'> {
  const providedBy = [...entriesAt(map, 'depends_on').keys()].filter(name => {
    const other = active.get(name)
    return other !== undefined && isProvided(other)
  })
  return providedBy.length > 0 ? { providedBy } : {}
}

/** Tells whether a program provides the service. */
export function isProvided(service: MapNode): boolean {
  return service.entries.has('provider')
}

function conditionOf(text: string | undefined): DependencyCondition {
  if (text === 'service_healthy' || text === 'service_completed_successfully') return text
  return 'service_started'
}
