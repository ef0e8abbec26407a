import type { Action } from './action.ts'
import type { Plan } from './plan.ts'

/** How many containers, networks and volumes a plan touches, each counted once. */
export interface PlanSummary {
  readonly create: number
  /** Recreated, started or restarted. */
  readonly change: number
  readonly remove: number
}

/** Counts what `plan` does to things; fetching and building an image and waiting are not counted. */
export function summarize({ steps }: Plan): PlanSummary {
  const touched = Map.groupBy(
    steps.flatMap(({ action }) => touch(action) ?? []),
    ({ thing }) => thing,
  )
  const fates = [...touched.values()].map(touches => fate(new Set(touches.map(({ verb }) => verb))))
  const count = (wanted: keyof PlanSummary): number => fates.filter(found => found === wanted).length
  return { create: count('create'), change: count('change'), remove: count('remove') }
}

interface Touch {
  readonly thing: string
  readonly verb: 'create' | 'start' | 'stop' | 'remove'
}

function fate(verbs: ReadonlySet<Touch['verb']>): keyof PlanSummary {
  if (verbs.has('create')) return verbs.has('remove') ? 'change' : 'create'
  return verbs.has('remove') ? 'remove' : 'change'
}

function touch(action: Action): Touch | undefined {
  switch (action.kind) {
    case 'create-network':
      return { thing: `network ${action.network.key}`, verb: 'create' }
    case 'remove-network':
      return { thing: `network ${action.key}`, verb: 'remove' }
    case 'restore-firewall':
      return { thing: 'firewall', verb: 'start' }
    case 'create-volume':
      return { thing: `volume ${action.volume.key}`, verb: 'create' }
    case 'remove-volume':
      return { thing: `volume ${action.key}`, verb: 'remove' }
    case 'create-container':
      if (action.container.preStart !== undefined) return undefined
      return { thing: `container ${action.container.name}`, verb: 'create' }
    case 'disconnect-container':
    case 'reattach-container':
    case 'start-container':
    case 'run-post-start':
      return { thing: `container ${action.name}`, verb: 'start' }
    case 'stop-container':
      return { thing: `container ${action.name}`, verb: 'stop' }
    case 'remove-container':
      return { thing: `container ${action.name}`, verb: 'remove' }
    case 'start-provider':
      return { thing: `provider ${action.service}`, verb: 'start' }
    case 'stop-provider':
      return { thing: `provider ${action.service}`, verb: 'stop' }
    case 'remove-provider':
      return { thing: `provider ${action.service}`, verb: 'remove' }
    case 'prepare-model':
    case 'run-pre-start':
    case 'fetch-image':
    case 'build-image':
    case 'push-image':
    case 'await-service':
      return undefined
  }
}
