import type { Millis } from '../base/millis.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { isRunning, orderedForStop, StopOrder, serviceOrigin } from './removal.ts'
import { StepList } from './step-list.ts'

export interface StopOptions {
  /** @default all */
  readonly services?: readonly string[]
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
}

/** Plans the stop of what runs, dependents before what they depend on; nothing is removed. */
export function planStop(observed: ObservedState, { services, timeout }: StopOptions = {}): Plan {
  const steps = new StepList()
  const dependencies = observedDependencies(observed.containers)
  const stops = new StopOrder(dependencies)
  const running = observed.containers.filter(
    container => isRunning(container) && (!services?.length || services.includes(container.service)),
  )
  for (const { service, containers } of orderedForStop(running, dependencies)) {
    const dependsOn = stops.before(service)
    for (const { id, name } of containers) {
      const step = steps.add(
        { kind: 'stop-container', id, name, grace: timeout },
        { cause: 'stop', dependsOn, origin: serviceOrigin(service) },
      )
      stops.add(service, step)
    }
  }
  return { project: observed.project, steps: steps.steps, warnings: [] }
}
