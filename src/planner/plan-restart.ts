import type { Millis } from '../base/millis.ts'
import { namedOr } from '../base/named-services.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { moveServices } from './change.ts'
import { addFirewallStep } from './firewall-step.ts'
import { restartsWith } from './graph.ts'
import { addLostNetworks } from './lost-networks.ts'
import type { Plan } from './plan.ts'
import { planStop } from './plan-stop.ts'
import { addStarts } from './start-order.ts'
import { StepList } from './step-list.ts'

export interface RestartOptions {
  /** @default all */
  readonly services?: readonly string[]
  /** Do not restart dependents that ask to be restarted with what they depend on. @default false */
  readonly noDeps?: boolean
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
}

/** Plans a stop and a start of the containers that exist, and of those that `depends_on` with `restart: true`. */
export function planRestart(observed: ObservedState, options: RestartOptions = {}): Plan {
  const containers = observed.containers.filter(({ state }) => state.kind !== 'incomplete')
  const named = namedOr(
    options.services,
    containers.map(({ service }) => service),
  )
  const services = options.noDeps ? new Set(named) : withRestarted(named, containers)
  const wanted = containers.filter(({ service }) => services.has(service))
  const steps = new StepList()
  const stops = new Map<string, number>()
  const stopping = planStop(
    { ...observed, containers: wanted, providers: new Map() },
    { timeout: options.timeout },
  )
  for (const { action, dependsOn, origin } of stopping.steps) {
    const id = steps.add(action, { cause: 'restart', dependsOn, origin })
    if (action.kind === 'stop-container') stops.set(action.name, id)
  }
  if (wanted.length > 0) addFirewallStep(steps, observed)
  const behind = addLostNetworks(steps, observed, wanted)
  addStarts(steps, { existing: containers, wanted, stops, behind })
  const changes = moveServices(
    'restart-service',
    wanted.map(({ service }) => service),
    'restart',
  )
  return { project: observed.project, changes, steps: steps.steps, warnings: [] }
}

function withRestarted(
  names: Iterable<string>,
  containers: readonly ObservedContainer[],
): ReadonlySet<string> {
  const found = new Set(names)
  const dependents = Map.groupBy(
    containers.flatMap(({ service, spec }) =>
      (spec === undefined ? [] : restartsWith(spec.config)).map(dependency => ({ dependency, service })),
    ),
    ({ dependency }) => dependency,
  )
  for (const name of found) for (const { service } of dependents.get(name) ?? []) found.add(service)
  return found
}
