import type { ContainerId } from '../../model/names.ts'
import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import type { Service } from '../../model/service.ts'
import type { DesiredService, DesiredState } from '../desired-state.ts'
import { restartsWith } from '../graph.ts'
import { isRunning, type Outgoing } from '../stops.ts'
import { decideService, type ReplicaDecision, type ServiceDecision } from './decide-service.ts'
import { containersInTheWay, type NetworkChange, networkChanges } from './network-changes.ts'
import type { UpOptions } from './up-options.ts'

/** All that `up` has decided to do, before it is laid out in steps. */
export interface Decisions {
  readonly networks: ReadonlyMap<string, NetworkChange>
  /** Containers that have to be stopped before their network is changed, with the reason. */
  readonly inTheWay: ReadonlyMap<ContainerId, string>
  /** In the order of `DesiredState.services`. */
  readonly services: readonly ServiceDecision[]
  /** Containers of services that the file does not declare. */
  readonly orphans: readonly ObservedContainer[]
  /** Running containers that are in the way but belong to no selected service: they are started again as they are. */
  readonly bystanders: readonly Outgoing[]
  readonly warnings: readonly string[]
}

/** Compares the snapshots. */
export function decide(desired: DesiredState, observed: ObservedState, options: UpOptions): Decisions {
  const { networks, warnings } = allowedChanges(networkChanges(desired, observed), options)
  const inTheWay = containersInTheWay(networks, desired, observed)
  const byService = Map.groupBy(observed.containers, container => container.service)
  const decided = decideServices({ desired, observed, options, inTheWay, byService })
  const services = options.noStart ? decided : withRestarts(decided)
  const orphans = observed.containers.filter(container => !desired.declared.has(container.service))
  const selected = new Set(desired.services.map(service => service.config.name))
  const bystanders = observed.containers
    .filter(container => !selected.has(container.service) && isRunning(container))
    .filter(container => !(options.removeOrphans && orphans.includes(container)))
    .flatMap(container => {
      const cause = inTheWay.get(container.id)
      return cause === undefined ? [] : [{ container, cause }]
    })
  return {
    networks,
    inTheWay,
    services,
    orphans,
    bystanders,
    warnings: [...warnings, ...volumeWarnings(desired, observed), ...orphanWarnings(orphans, options)],
  }
}

function allowedChanges(
  changes: ReadonlyMap<string, NetworkChange>,
  { noRecreate }: UpOptions,
): { readonly networks: ReadonlyMap<string, NetworkChange>; readonly warnings: readonly string[] } {
  if (!noRecreate) return { networks: changes, warnings: [] }
  const [kept, allowed] = [
    [...changes].filter(([, change]) => change.kind === 'replace'),
    [...changes].filter(([, change]) => change.kind !== 'replace'),
  ]
  return {
    networks: new Map(allowed),
    warnings: kept.map(
      ([key, { cause }]) => `Network ${key} stays as it is because of --no-recreate: ${cause}`,
    ),
  }
}

interface ServicesSource {
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly options: UpOptions
  readonly inTheWay: ReadonlyMap<ContainerId, string>
  readonly byService: ReadonlyMap<string, readonly ObservedContainer[]>
}

function decideServices(source: ServicesSource): readonly ServiceDecision[] {
  const { desired, observed, options, inTheWay, byService } = source
  const jobs = new Set(
    desired.services
      .flatMap(service => service.dependencies)
      .filter(({ condition }) => condition === 'service_completed_successfully')
      .map(dependency => dependency.service),
  )
  const decided = new Map<string, ServiceDecision>()
  for (const service of desired.services) {
    const { name } = service.config
    const staleCause = sharedNetworkCheck(service, decided, byService)
    decided.set(
      name,
      decideService(service, {
        containers: byService.get(name) ?? [],
        images: observed.images,
        options,
        staleShare: staleCause,
        inTheWay,
        isJob: jobs.has(name),
      }),
    )
  }
  return [...decided.values()]
}

/**
 * A container joins the network namespace that the other has when it starts, so one that is older than the other
 * is left in a namespace that nobody else is in.
 */
function sharedNetworkCheck(
  { config: { networkMode } }: DesiredService,
  decided: ReadonlyMap<string, ServiceDecision>,
  byService: ReadonlyMap<string, readonly ObservedContainer[]>,
): (container: ObservedContainer) => string | undefined {
  if (networkMode.kind !== 'service') return () => undefined
  const { service } = networkMode
  const owner = decided.get(service)?.replicas[0]
  if (owner?.verdict.kind === 'create' || owner?.verdict.kind === 'recreate') {
    return () => `shares the network of ${service}, which is recreated`
  }
  const number = owner?.number ?? Math.min(...(byService.get(service) ?? []).map(other => other.number))
  const madeAt = Math.max(
    ...(byService.get(service) ?? [])
      .filter(other => other.number === number && other.state.kind !== 'incomplete')
      .map(other => other.createdAt),
  )
  return ({ createdAt }) =>
    createdAt < madeAt ? `shares the network of ${service}, which was recreated` : undefined
}

/**
 * Follows `depends_on` with `restart: true` from every service that is recreated or restarted, and shared networks
 * also from one that is started.
 */
function withRestarts(decisions: readonly ServiceDecision[]): readonly ServiceDecision[] {
  const disturbed = new Map<string, Disturbance>()
  return decisions.map(decision => {
    const { config } = decision.service
    const cause = restartsWith(config).find(name => {
      const disturbance = disturbed.get(name)
      return disturbance !== undefined && (disturbance !== 'is started' || sharesNetworkOf(config, name))
    })
    const replicas =
      cause === undefined
        ? decision.replicas
        : decision.replicas.map(restarted(`${cause} ${disturbed.get(cause)}`))
    const disturbance = disturbanceBy(replicas)
    if (disturbance !== undefined) disturbed.set(config.name, disturbance)
    return { ...decision, replicas }
  })
}

/** What happens to a service, as a cause says it. */
type Disturbance = 'is recreated' | 'is restarted' | 'is started'

function sharesNetworkOf({ networkMode }: Service, name: string): boolean {
  return networkMode.kind === 'service' && networkMode.service === name
}

function restarted(cause: string): (replica: ReplicaDecision) => ReplicaDecision {
  return replica => {
    const { verdict } = replica
    const isUp = verdict.kind === 'keep' && verdict.container.state.kind === 'running'
    return isUp ? { ...replica, verdict: { kind: 'restart', container: verdict.container, cause } } : replica
  }
}

function disturbanceBy(replicas: readonly ReplicaDecision[]): Disturbance | undefined {
  if (replicas.some(isMadeAnew)) return 'is recreated'
  if (replicas.some(({ verdict }) => verdict.kind === 'restart')) return 'is restarted'
  return replicas.some(({ verdict }) => verdict.kind === 'start') ? 'is started' : undefined
}

function isMadeAnew({ verdict, leftovers }: ReplicaDecision): boolean {
  return verdict.kind === 'recreate' || (verdict.kind === 'start' && leftovers.length > 0)
}

function volumeWarnings(desired: DesiredState, observed: ObservedState): readonly string[] {
  return [...desired.volumes].flatMap(([key, { volume, configHash }]) => {
    const old = observed.volumes.get(key)
    if (!old?.intact || old.name !== volume.name || old.configHash === configHash) return []
    return [
      `Volume ${key} keeps its old configuration and its data: the file has changed it, but ${old.name} exists; to recreate it, remove it with "down --volumes"`,
    ]
  })
}

function orphanWarnings(
  orphans: readonly ObservedContainer[],
  { removeOrphans, ignoreOrphans }: UpOptions,
): readonly string[] {
  if (orphans.length === 0 || removeOrphans || ignoreOrphans) return []
  const names = orphans.map(container => container.name).sort()
  return [
    `Found containers of services that the file does not declare: ${names.join(', ')}; to remove them, add --remove-orphans`,
  ]
}
