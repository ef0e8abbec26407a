import type { Millis } from '../base/millis.ts'
import { namedOr } from '../base/named-services.ts'
import type { ObservedContainer, ObservedState } from '../model/observed-state.ts'
import { compareText } from './canonical-json.ts'
import { moveServices } from './change.ts'
import { addFirewallStep } from './firewall-step.ts'
import { withDependencies } from './graph.ts'
import { addLostNetworks } from './lost-networks.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { addRemoval } from './removal.ts'
import { addStarts } from './start-order.ts'
import { StepList } from './step-list.ts'
import { isRunning } from './stops.ts'
import { type AwaitedService, withWait } from './with-wait.ts'

export interface StartOptions {
  /** These and what they depend on. @default all */
  readonly services?: readonly string[]
  /** Wait until the services run or are healthy, or so long at most. @default false */
  readonly wait?: boolean | { readonly timeout: Millis }
}

/**
 * Plans the start of the containers that exist and do not run, each after those it depends on and behind their
 * conditions; none is created.
 */
export function planStart(
  { containers, ...observed }: ObservedState,
  { services, wait = false }: StartOptions = {},
): Plan {
  const existing = containers.filter(({ state }) => state.kind !== 'incomplete')
  const named = namedOr(
    services,
    existing.map(({ service }) => service),
  )
  const meant = withDependencies(named, observedDependencies(existing))
  const wanted = existing.filter(container => meant.has(container.service) && isStartable(container))
  const plan = startsOf({ ...observed, containers: existing }, wanted, { cause: 'start', hasPreStart: true })
  if (wait === false) return plan
  const awaited = recordedServices(existing.filter(({ service }) => meant.has(service)))
  const timeout = wait === true ? undefined : wait.timeout
  return withWait(
    plan,
    { ...observed, containers },
    {
      services: awaited,
      ...(timeout !== undefined && { timeout }),
    },
  )
}

/** Plans the start of `wanted` among the containers of `observed`, and of the networks that they need. */
export function startsOf(
  observed: ObservedState,
  wanted: readonly ObservedContainer[],
  { cause, hasPreStart }: StartKind,
): Plan {
  const steps = new StepList()
  if (wanted.length > 0) addFirewallStep(steps, observed)
  const behind = addLostNetworks(steps, observed, wanted)
  const stale = hasPreStart ? addStaleHookRemovals(steps, observed, wanted) : []
  addStarts(steps, {
    ...{ existing: observed.containers, wanted, behind: [...behind, ...stale], cause },
    ...(hasPreStart && { naming: observed }),
  })
  const services = wanted.map(({ service }) => service)
  const changes = moveServices('start-service', services, cause)
  return { project: observed.project, changes, steps: steps.steps, warnings: [] }
}

/** Why containers are started, and whether their `pre_start` hooks run before. */
interface StartKind {
  readonly cause: string
  readonly hasPreStart: boolean
}

/** What a killed command has left of hooks goes before they run again. */
function addStaleHookRemovals(
  steps: StepList,
  { oneOffs = [] }: ObservedState,
  wanted: readonly ObservedContainer[],
): readonly number[] {
  const services = new Set(wanted.map(({ service }) => service))
  return oneOffs
    .filter(({ service, spec }) => spec?.preStart !== undefined && services.has(service))
    .map(container => {
      const outgoing = { container, cause: 'its command was cut short' }
      return addRemoval(steps, outgoing, { grace: undefined, anonymousVolumes: true }).remove
    })
}

/** Returns the services of `containers`, sorted by name, as far as what they were made from is recorded. */
function recordedServices(containers: readonly ObservedContainer[]): readonly AwaitedService[] {
  const configs = new Map(
    containers.flatMap(({ service, spec }) => (spec === undefined ? [] : [[service, spec.config] as const])),
  )
  return [...configs]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, config]) => ({ config, dependencies: config.dependsOn }))
}

/** Tells whether a container is there to be started. */
export function isStartable(container: ObservedContainer): boolean {
  return container.state.kind === 'orphaned' || !isRunning(container)
}
