import type { Action } from '../../src/planner/action.ts'
import type { Plan, Step } from '../../src/planner/plan.ts'
import { containerIdOf } from './apply-plan.ts'

/** Returns a step that does `action`. */
export function aStep(id: number, action: Action): Step {
  return { id, action, cause: 'test', dependsOn: [], origin: undefined, destructive: undefined }
}

/** Returns the start of `shop-<service>-1`. */
export function aStart(id: number, service: string): Step {
  return aStep(id, {
    kind: 'start-container',
    replica: { service, number: 1 },
    name: `shop-${service}-1`,
  })
}

/** Returns the stop of `name`. */
export function aStop(id: number, name: string): Step {
  return aStep(id, { kind: 'stop-container', id: containerIdOf(id), name, grace: undefined })
}

/** Returns a plan of the project `shop`. */
export function aPlan(steps: readonly Step[], changes: Partial<Plan> = {}): Plan {
  return { project: 'shop', changes: [], steps, warnings: [], ...changes }
}
