import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'
import type { Plan } from '../planner/plan.ts'

/** Returns the services of which a plan makes or starts containers, by name. */
export function touchedServices({ steps }: Plan, { services }: Project): readonly Service[] {
  const names = new Set(
    steps.flatMap(({ action }) => {
      if (action.kind === 'create-container') return [action.container.service]
      return action.kind === 'start-container' ? [action.replica.service] : []
    }),
  )
  return [...names].sort().flatMap(name => services.get(name) ?? [])
}
