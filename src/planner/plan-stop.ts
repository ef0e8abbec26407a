import type { Millis } from '../base/millis.ts'
import { servicePath } from '../base/model-path.ts'
import { isNamed } from '../base/named-services.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import { moveServices } from './change.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'
import { addStops, isRunning, StopOrder } from './stops.ts'

export interface StopOptions {
  /** @default all */
  readonly services?: readonly string[]
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
}

/** Plans the stop of what runs, dependents before what they depend on; nothing is removed. */
export function planStop(observed: ObservedState, { services, timeout }: StopOptions = {}): Plan {
  const steps = new StepList()
  const named = observed.containers.filter(({ service }) => isNamed(services, service))
  const running = named.filter(isRunning)
  const stopped = named.filter(({ state }) => state.kind === 'exited').map(({ name }) => name)
  const order = new StopOrder(observedDependencies(observed.containers))
  const outgoing = running.map(container => ({ container, cause: 'stop' }))
  const stops = addStops(steps, outgoing, { grace: timeout, order })
  for (const [service, { provider }] of observed.providers ?? []) {
    if (!isNamed(services, service)) continue
    const users = running.filter(({ spec }) => spec?.config.providedBy?.includes(service) === true)
    steps.add(
      { kind: 'stop-provider', service, provider },
      {
        cause: 'stop',
        origin: servicePath(service, 'provider'),
        dependsOn: users.flatMap(({ id }) => stops.get(id) ?? []),
      },
    )
  }
  const changes = moveServices(
    'stop-service',
    running.map(({ service }) => service),
    'stop',
  )
  return {
    ...{ project: observed.project, changes, steps: steps.steps, warnings: [] },
    ...(stopped.length > 0 && { stopped: stopped.toSorted(compareText) }),
  }
}
