import type { Millis } from '../base/millis.ts'
import { networkPath, servicePath, volumePath } from '../base/model-path.ts'
import type {
  ObservedContainer,
  ObservedProvider,
  ObservedState,
  ObservedVolume,
} from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import { compareText } from './canonical-json.ts'
import { moveServices, type NetworkRemoval, type VolumeRemoval } from './change.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan, Step } from './plan.ts'
import { addRemovals } from './removal.ts'
import { StepList } from './step-list.ts'
import { StopOrder } from './stops.ts'

export interface DownOptions {
  /** The file, if there is one: it determines which containers are orphans and which volumes are external. */
  readonly project?: Project
  /** Remove containers of services that the file does not declare. @default false with a project, true without */
  readonly removeOrphans?: boolean
  /** Do not mention orphans that stay. @default false */
  readonly ignoreOrphans?: boolean
  /** Remove the project's volumes with their data, anonymous ones too. @default false */
  readonly volumes?: boolean
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
  /** Take only these services down. @default all */
  readonly services?: readonly string[]
}

/**
 * Plans the removal of what exists: containers, dependents first; then networks without containers; then, if
 * asked for, volumes without users.
 */
export function planDown(observed: ObservedState, options: DownOptions = {}): Plan {
  const changes = planChanges(observed, options)
  const { leaving, networks, volumes, warnings } = changes
  const services = moveServices(
    'remove-service',
    leaving.map(({ service }) => service),
    'down',
  )
  const steps = planSteps(changes, observed, options)
  const nothing = steps.length === 0 ? [`No resource found to remove for project "${observed.project}"`] : []
  return {
    project: observed.project,
    changes: [...services, ...networks, ...volumes],
    steps,
    warnings: [...warnings, ...nothing],
  }
}

function allContainers({ containers, oneOffs = [] }: ObservedState): readonly ObservedContainer[] {
  return [...containers, ...oneOffs]
}

interface DownChanges {
  /** Containers to remove. */
  readonly leaving: readonly ObservedContainer[]
  readonly networks: readonly NetworkRemoval[]
  readonly volumes: readonly VolumeRemoval[]
  readonly providers: LeavingProviders
  readonly warnings: readonly string[]
}

function planChanges(observed: ObservedState, options: DownOptions): DownChanges {
  const [leaving, staying] = partition(allContainers(observed), container => isLeaving(container, options))
  const idle = options.volumes ? idleVolumes(observed, options, staying) : []
  const [volumes, kept] = partition(idle, volume => isDeclared(volume, options))
  return {
    leaving,
    networks: sorted(observed.networks)
      .filter(([key, { joined }]) => joined !== true && !staying.some(container => hangsOn(container, key)))
      .map(([key, { name }]) => ({ kind: 'remove-network', key, name, cause: 'down' })),
    providers: leavingProviders(observed, options),
    volumes: volumes.map(({ key, name }) => ({ kind: 'remove-volume', key, name, cause: 'down --volumes' })),
    warnings: [
      ...orphanWarnings(staying, options),
      ...kept.map(({ name }) => `Volume ${name} is kept: the file does not declare it`),
    ],
  }
}

/** Returns the volumes without users. An external one is not the project's: it is not mentioned. */
function idleVolumes(
  { volumes }: ObservedState,
  options: DownOptions,
  staying: readonly ObservedContainer[],
): readonly ObservedVolume[] {
  return sorted(volumes)
    .filter(
      ([key, volume]) => !isExternal(volume, options) && !staying.some(container => mayUse(container, key)),
    )
    .map(([, volume]) => volume)
}

function planSteps(
  { leaving, networks, volumes, providers }: DownChanges,
  observed: ObservedState,
  options: DownOptions,
): readonly Step[] {
  const steps = new StepList()
  const removed = addRemovals(
    steps,
    leaving.map(container => ({ container, cause: 'down' })),
    {
      grace: options.timeout,
      anonymousVolumes: options.volumes === true,
      destructive: options.volumes ? 'its anonymous volumes are removed' : undefined,
      order: new StopOrder(observedDependencies(allContainers(observed))),
    },
  )
  const removalsOf = (users: readonly ObservedContainer[]): readonly number[] =>
    users.flatMap(({ id }) => removed.get(id) ?? [])
  addProviderRemovals(steps, providers, { leaving, removalsOf })
  for (const { cause, ...action } of networks) {
    const users = leaving.filter(container => hangsOn(container, action.key))
    steps.add(action, { cause, origin: networkPath(action.key), dependsOn: removalsOf(users) })
  }
  for (const { cause, ...action } of volumes) {
    const users = leaving.filter(container => mayUse(container, action.key))
    const destructive = `the data in volume ${action.name} is removed`
    steps.add(action, { cause, origin: volumePath(action.key), dependsOn: removalsOf(users), destructive })
  }
  return steps.steps
}

type LeavingProviders = readonly (readonly [string, ObservedProvider])[]

function leavingProviders({ providers = new Map() }: ObservedState, options: DownOptions): LeavingProviders {
  return sorted(providers).filter(([service]) => isServiceLeaving(service, options))
}

/** What a provider has made goes after the containers that use it. */
function addProviderRemovals(
  steps: StepList,
  providers: LeavingProviders,
  {
    leaving,
    removalsOf,
  }: {
    readonly leaving: readonly ObservedContainer[]
    readonly removalsOf: (users: readonly ObservedContainer[]) => readonly number[]
  },
): void {
  for (const [service, { provider }] of providers) {
    const users = leaving.filter(({ spec }) => spec?.config.providedBy?.includes(service) === true)
    steps.add(
      { kind: 'remove-provider', service, provider },
      { cause: 'down', origin: servicePath(service, 'provider'), dependsOn: removalsOf(users) },
    )
  }
}

function isLeaving({ service }: ObservedContainer, options: DownOptions): boolean {
  return isServiceLeaving(service, options)
}

function isServiceLeaving(service: string, { project, removeOrphans, services }: DownOptions): boolean {
  if (services !== undefined && services.length > 0) return services.includes(service)
  if (project === undefined || removeOrphans) return true
  if (project.providers?.has(service)) return true
  return project.services.has(service) || project.disabledServices?.includes(service) === true
}

function isExternal({ key, external }: ObservedVolume, { project }: DownOptions): boolean {
  return project?.volumes.get(key)?.external ?? external === true
}

/** Without a file, all that the project has made is its own. */
function isDeclared({ key, name }: ObservedVolume, { project }: DownOptions): boolean {
  return project === undefined || project.volumes.get(key)?.name === name
}

function hangsOn({ networks, spec }: ObservedContainer, key: string): boolean {
  return spec?.networkNames.has(key) || networks.some(endpoint => endpoint.network === key)
}

/** A container whose spec is not recorded may use any volume. */
function mayUse({ spec }: ObservedContainer, key: string): boolean {
  return spec === undefined || spec.volumeNames.has(key)
}

function orphanWarnings(
  staying: readonly ObservedContainer[],
  { project, services, ignoreOrphans }: DownOptions,
): readonly string[] {
  if (project === undefined || services?.length || ignoreOrphans) return []
  const names = staying.map(container => container.name).sort(compareText)
  if (names.length === 0) return []
  return [
    `Found orphan containers (${names.join(', ')}) for this project: the file does not declare their service; to remove them, add --remove-orphans`,
  ]
}

function partition<T>(
  items: readonly T[],
  isFirst: (item: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter(item => !isFirst(item))]
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => compareText(a, b))
}
