import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { addFirewallStep } from './firewall-step.ts'
import { dependencyOrder } from './graph.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { StepList } from './step-list.ts'
import { compareContainers, isRunning, serviceOrigin } from './stops.ts'

export interface StartOptions {
  /** @default all */
  readonly services?: readonly string[]
}

/** Plans the start of the containers that exist and do not run, each after those it depends on; none is made. */
export function planStart(observed: ObservedState, { services }: StartOptions = {}): Plan {
  const wanted = observed.containers.filter(
    container => isStartable(container) && (!services?.length || services.includes(container.service)),
  )
  const steps = new StepList()
  if (wanted.length > 0) addFirewallStep(steps, observed)
  return { project: observed.project, steps: startSteps(steps, wanted).steps, warnings: [] }
}

/** Adds the starts of `containers`, each behind those it depends on; `before` holds the stops to wait for, by name. */
export function startSteps(
  steps: StepList,
  containers: readonly ObservedContainer[],
  before: ReadonlyMap<string, number> = new Map(),
): StepList {
  const dependencies = observedDependencies(containers)
  const byService = Map.groupBy(containers, container => container.service)
  const started = new Map<string, readonly number[]>()
  for (const service of dependencyOrder(byService.keys(), dependencies)) {
    const gates = dependencies(service).flatMap(name => started.get(name) ?? [])
    const ids = (byService.get(service) ?? []).toSorted(compareContainers).map(({ number, name }) =>
      steps.add(
        { kind: 'start-container', replica: { service, number }, name },
        {
          cause: before.has(name) ? 'restart' : 'start',
          dependsOn: [...gates, ...(before.has(name) ? [before.get(name) ?? 0] : [])],
          origin: serviceOrigin(service),
        },
      ),
    )
    started.set(service, ids)
  }
  return steps
}

function isStartable(container: ObservedContainer): boolean {
  const { kind } = container.state
  return kind === 'orphaned' || (!isRunning(container) && kind !== 'incomplete')
}
