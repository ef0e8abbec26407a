import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../model/container.ts'
import { imageLabel } from '../../model/image-request.ts'
import type { ContainerId } from '../../model/names.ts'
import { type SharedPart, sharedParts } from '../../model/namespace.ts'
import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import { type BuildTask, conflictingBuilds } from '../build-steps.ts'
import type { Change, NetworkChange, VolumeChange } from '../change.ts'
import { moveServices } from '../change.ts'
import type { DesiredService, DesiredState } from '../desired-state.ts'
import { joinedServices, restartsWith } from '../graph.ts'
import { isRunning, type Outgoing } from '../stops.ts'
import { buildTasks } from './build-tasks.ts'
import { containersInTheWay, networkChanges } from './network-changes.ts'
import { orphanProviderWarnings } from './orphan-providers.ts'
import { type Reattachment, reattachmentOf } from './reattachment.ts'
import { serviceChange } from './service-change.ts'
import { planService, type ReplicaPlan, type ServicePlan } from './service-plan.ts'
import { endedOneOffs, spentOneOffs } from './spent-one-offs.ts'
import type { UpOptions } from './up-options.ts'
import { keptVolumeWarnings, volumeChanges } from './volume-changes.ts'

/** All that `up` changes, before it is laid out in steps. */
export interface UpChanges {
  /** Of images, before all else. */
  readonly builds: readonly BuildTask[]
  /** By key. */
  readonly networks: ReadonlyMap<string, NetworkChange>
  /** By key. */
  readonly volumes: ReadonlyMap<string, VolumeChange>
  /** Containers that have to be stopped before their network is changed, with the reason. */
  readonly inTheWay: ReadonlyMap<ContainerId, string>
  /** In the order of `DesiredState.services`. */
  readonly services: readonly ServicePlan[]
  /** Containers of services to remove, since the file does not declare them. */
  readonly orphans: readonly ObservedContainer[]
  /** One-offs that have ended, or were never finished, and that nobody else removes. */
  readonly spentOneOffs: readonly Outgoing[]
  /** Running containers that are in the way but belong to no selected service: they are started again as they are. */
  readonly bystanders: readonly Outgoing[]
  /** Running containers of no selected service whose networks change while they run. */
  readonly guests: readonly Reattachment[]
  readonly warnings: readonly string[]
}

/**
 * Compares the snapshots.
 *
 * @throws {TcomposeError} `container-not-running` if a service is to share something with one that is neither selected nor
 * there.
 */
export function planChanges(desired: DesiredState, observed: ObservedState, options: UpOptions): UpChanges {
  assertDonors(desired, observed)
  const { networks, warnings } = allowedChanges(networkChanges(desired, observed), options)
  const byService = Map.groupBy(observed.containers, container => container.service)
  const builds = buildTasks(desired, observed, options)
  const source = { desired, observed, options, networks, byService, rebuilt: rebuiltImages(builds) }
  const orphans = observed.containers.filter(container => !desired.declared.has(container.service))
  const untouched = planServices({ ...source, inTheWay: new Map() })
  const guests = reattachedGuests(source, options.removeOrphans ? orphans : [])
  const stayUp = new Set(
    [...untouched.flatMap(reattachmentsOf), ...guests].map(({ container }) => container.id),
  )
  const inTheWay = containersInTheWay(networks, { desired, observed, staysUp: id => stayUp.has(id) })
  const planned = inTheWay.size === 0 ? untouched : planServices({ ...source, inTheWay })
  const services = options.noStart ? planned : withRestarts(planned)
  const selected = new Set(desired.services.map(service => service.config.name))
  const bystanders = observed.containers
    .filter(container => !selected.has(container.service) && isRunning(container))
    .filter(container => !(options.removeOrphans && orphans.includes(container)))
    .flatMap(container => {
      const cause = inTheWay.get(container.id)
      return cause === undefined ? [] : [{ container, cause }]
    })
  return {
    builds,
    networks,
    volumes: volumeChanges(desired, observed),
    inTheWay,
    services,
    orphans: options.removeOrphans ? orphans : [],
    spentOneOffs: spentOneOffs(observed, options),
    bystanders,
    guests,
    warnings: [
      ...warnings,
      ...conflictingBuilds(builds),
      ...keptVolumeWarnings(desired, observed),
      ...orphanWarnings([...orphans, ...endedOneOffs(observed)], options),
      ...orphanProviderWarnings(desired, observed, options),
    ],
  }
}

/** Returns the changes as a list: networks, volumes, services. */
export function listChanges(changes: UpChanges): readonly Change[] {
  const { networks, volumes, services, orphans, bystanders } = changes
  return [
    ...networks.values(),
    ...volumes.values(),
    ...services.flatMap(plan => serviceChange(plan) ?? []),
    ...moveServices(
      'remove-service',
      orphans.map(({ service }) => service),
      'not in the file',
    ),
    ...[...Map.groupBy(bystanders, ({ cause }) => cause)].flatMap(([cause, group]) =>
      moveServices(
        'restart-service',
        group.map(({ container }) => container.service),
        cause,
      ),
    ),
  ]
}

/** With `--no-deps` a service may be selected without the one whose namespaces or volumes it has. */
function assertDonors({ services }: DesiredState, { containers }: ObservedState): void {
  const present = new Set([
    ...services.map(({ config }) => config.name),
    ...containers.filter(({ state }) => state.kind !== 'incomplete').map(({ service }) => service),
  ])
  for (const { config } of services) {
    const missing = sharedParts(config).find(({ service }) => !present.has(service))
    if (missing === undefined) continue
    const { part, service } = missing
    throw new TcomposeError(
      'container-not-running',
      `Cannot create service "${config.name}": cannot share ${DONATIONS.get(part) ?? part} with service ${service}: container missing`,
      {
        hint: `Leave --no-deps out, or run "tcompose up -d ${service}" first`,
        origin: servicePath(config.name),
      },
    )
  }
}

/** As docker compose names what is shared. */
const DONATIONS: ReadonlyMap<string, string> = new Map([
  ['network', 'network namespace'],
  ['volumes', 'volume'],
])

function allowedChanges(
  changes: ReadonlyMap<string, NetworkChange>,
  { noRecreate }: UpOptions,
): { readonly networks: ReadonlyMap<string, NetworkChange>; readonly warnings: readonly string[] } {
  if (!noRecreate) return { networks: changes, warnings: [] }
  const [kept, allowed] = [
    [...changes].filter(([, change]) => change.kind === 'replace-network'),
    [...changes].filter(([, change]) => change.kind !== 'replace-network'),
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
  readonly networks: ReadonlyMap<string, NetworkChange>
  readonly inTheWay: ReadonlyMap<ContainerId, string>
  readonly byService: ReadonlyMap<string, readonly ObservedContainer[]>
  /** Labels of images. */
  readonly rebuilt: ReadonlySet<string>
}

function reattachmentsOf({ replicas }: ServicePlan): readonly Reattachment[] {
  return replicas.flatMap(({ reattachment }) => reattachment ?? [])
}

/** One-offs, and containers of services that are not selected, are not compared with the file: their networks are. */
function reattachedGuests(
  { desired, observed, networks }: Omit<ServicesSource, 'inTheWay'>,
  leaving: readonly ObservedContainer[],
): readonly Reattachment[] {
  if (networks.size === 0) return []
  const selected = new Set(desired.services.map(service => service.config.name))
  const others = observed.containers.filter(({ service }) => !selected.has(service))
  return [...others, ...(observed.oneOffs ?? [])]
    .filter(container => !leaving.includes(container))
    .flatMap(container => {
      const { spec } = container
      if (spec === undefined || !container.networks.some(({ network }) => networks.has(network))) return []
      return reattachmentOf(container, withNamesOf(spec, networks), networks) ?? []
    })
}

function withNamesOf(spec: ContainerSpec, networks: ReadonlyMap<string, NetworkChange>): ContainerSpec {
  const names = [...spec.networkNames].map(
    ([key, name]) => [key, networks.get(key)?.wanted.network.name ?? name] as const,
  )
  return { ...spec, networkNames: new Map(names) }
}

/** Asking a registry for what is there need not change it. */
function rebuiltImages(builds: readonly BuildTask[]): ReadonlySet<string> {
  return new Set(
    builds.filter(({ fetchFirst }) => fetchFirst !== 'always').map(({ build }) => imageLabel(build.image)),
  )
}

function planServices(source: ServicesSource): readonly ServicePlan[] {
  const { desired, observed, options, networks, inTheWay, byService, rebuilt } = source
  const jobs = new Set(
    desired.services
      .flatMap(service => service.dependencies)
      .filter(({ condition }) => condition === 'service_completed_successfully')
      .map(dependency => dependency.service),
  )
  const planned = new Map<string, ServicePlan>()
  for (const service of desired.services) {
    const { name } = service.config
    const staleCause = sharedPartsCheck(service, planned, byService)
    planned.set(
      name,
      planService(service, {
        containers: byService.get(name) ?? [],
        images: observed.images,
        rebuilt,
        options,
        staleShare: staleCause,
        inTheWay,
        networks,
        naming: desired,
        isJob: jobs.has(name),
      }),
    )
  }
  return [...planned.values()]
}

/**
 * A container joins the namespaces that the other has when it starts, and has its volumes from when it was made, so one that
 * is older than the other is left with what nobody else has.
 */
function sharedPartsCheck(
  { config }: DesiredService,
  planned: ReadonlyMap<string, ServicePlan>,
  byService: ReadonlyMap<string, readonly ObservedContainer[]>,
): (container: ObservedContainer) => string | undefined {
  const checks = sharedParts(config).map(shared => sharedPartCheck(shared, planned, byService))
  return container => checks.map(check => check(container)).find(cause => cause !== undefined)
}

function sharedPartCheck(
  { part, service }: SharedPart,
  planned: ReadonlyMap<string, ServicePlan>,
  byService: ReadonlyMap<string, readonly ObservedContainer[]>,
): (container: ObservedContainer) => string | undefined {
  const owner = planned.get(service)?.replicas[0]
  if (owner?.fate.kind === 'create' || owner?.fate.kind === 'recreate') {
    return () => `shares the ${part} of ${service}, which is recreated`
  }
  const number = owner?.number ?? Math.min(...(byService.get(service) ?? []).map(other => other.number))
  const madeAt = Math.max(
    ...(byService.get(service) ?? [])
      .filter(other => other.number === number && other.state.kind !== 'incomplete')
      .map(other => other.createdAt),
  )
  return ({ createdAt }) =>
    createdAt < madeAt ? `shares the ${part} of ${service}, which was recreated` : undefined
}

/**
 * Follows `depends_on` with `restart: true` from every service that is recreated or restarted, and shared namespaces
 * also from one that is started.
 */
function withRestarts(changes: readonly ServicePlan[]): readonly ServicePlan[] {
  const disturbed = new Map<string, Disturbance>()
  return changes.map(plan => {
    const { config } = plan.service
    const cause = restartsWith(config).find(name => {
      const disturbance = disturbed.get(name)
      return (
        disturbance !== undefined && (disturbance !== 'is started' || joinedServices(config).includes(name))
      )
    })
    const replicas =
      cause === undefined ? plan.replicas : plan.replicas.map(restarted(`${cause} ${disturbed.get(cause)}`))
    const disturbance = disturbanceBy(replicas)
    if (disturbance !== undefined) disturbed.set(config.name, disturbance)
    return { ...plan, replicas }
  })
}

/** What happens to a service, as a cause words it. */
type Disturbance = 'is recreated' | 'is restarted' | 'is started'

function restarted(cause: string): (replica: ReplicaPlan) => ReplicaPlan {
  return replica => {
    const { fate } = replica
    const isUp = fate.kind === 'keep' && fate.container.state.kind === 'running'
    return isUp ? { ...replica, fate: { kind: 'restart', container: fate.container, cause } } : replica
  }
}

function disturbanceBy(replicas: readonly ReplicaPlan[]): Disturbance | undefined {
  if (replicas.some(isRecreated)) return 'is recreated'
  if (replicas.some(({ fate }) => fate.kind === 'restart')) return 'is restarted'
  return replicas.some(({ fate }) => fate.kind === 'start') ? 'is started' : undefined
}

function isRecreated({ fate, leftovers }: ReplicaPlan): boolean {
  return fate.kind === 'recreate' || (fate.kind === 'start' && leftovers.length > 0)
}

function orphanWarnings(
  orphans: readonly ObservedContainer[],
  { removeOrphans, ignoreOrphans }: UpOptions,
): readonly string[] {
  if (orphans.length === 0 || removeOrphans || ignoreOrphans) return []
  const names = orphans.map(container => container.name).sort()
  return [
    `Found orphan containers (${names.join(', ')}) for this project: they have ended, or the file does not declare their service; to remove them, add --remove-orphans`,
  ]
}
