import type { Millis } from '../base/millis.ts'
import { networkPath, volumePath } from '../base/model-path.ts'
import type { ContainerId } from '../model/names.ts'
import type { ObservedContainer, ObservedState, ObservedVolume } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import { compareText } from './canonical-json.ts'
import { observedDependencies } from './observed-dependencies.ts'
import type { Plan } from './plan.ts'
import { addRemovals } from './removal.ts'
import { StepList } from './step-list.ts'
import { StopOrder } from './stops.ts'

export interface DownOptions {
  /** The file, if there is one: it tells which containers are orphans and which volumes are external. */
  readonly project?: Project
  /** Remove containers of services that the file does not declare. @default false with a project, true without */
  readonly removeOrphans?: boolean
  /** Say nothing about orphans that stay. @default false */
  readonly ignoreOrphans?: boolean
  /** Remove the project's volumes with their data, anonymous ones too. @default false */
  readonly volumes?: boolean
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
  /** Take only these services down. @default all */
  readonly services?: readonly string[]
}

/**
 * Plans the removal of what exists: containers, dependents first; then networks that nobody is left on; then, if
 * asked for, volumes that nobody is left to use.
 */
export function planDown(observed: ObservedState, options: DownOptions = {}): Plan {
  const steps = new StepList()
  const [leaving, staying] = partition(observed.containers, container => isLeaving(container, options))
  const removed = addRemovals(
    steps,
    leaving.map(container => ({ container, cause: 'down' })),
    {
      grace: options.timeout,
      anonymousVolumes: options.volumes === true,
      destructive: options.volumes ? 'its anonymous volumes are removed' : undefined,
      order: new StopOrder(observedDependencies(observed.containers)),
    },
  )
  removeNetworks({ steps, observed, leaving, staying, removed })
  const kept = options.volumes ? removeVolumes({ steps, observed, options, leaving, staying, removed }) : []
  const warnings = [...orphanWarnings(staying, options), ...kept]
  const nothing = steps.steps.length === 0 ? [`Found nothing to remove for project ${observed.project}`] : []
  return { project: observed.project, steps: steps.steps, warnings: [...warnings, ...nothing] }
}

function isLeaving(
  { service }: ObservedContainer,
  { project, removeOrphans, services }: DownOptions,
): boolean {
  if (services !== undefined && services.length > 0) return services.includes(service)
  if (project === undefined || removeOrphans) return true
  return project.services.has(service) || project.disabledServices?.includes(service) === true
}

interface NetworkRemovalSource {
  readonly steps: StepList
  readonly observed: ObservedState
  readonly leaving: readonly ObservedContainer[]
  readonly staying: readonly ObservedContainer[]
  readonly removed: ReadonlyMap<ContainerId, number>
}

function removeNetworks({ steps, observed, leaving, staying, removed }: NetworkRemovalSource): void {
  for (const [key, { name, joined }] of sorted(observed.networks)) {
    if (joined === true || staying.some(container => hangsOn(container, key))) continue
    const users = leaving.filter(container => hangsOn(container, key))
    steps.add(
      { kind: 'remove-network', key, name },
      {
        cause: 'down',
        origin: networkPath(key),
        dependsOn: users.flatMap(({ id }) => removed.get(id) ?? []),
      },
    )
  }
}

interface VolumeRemovalSource {
  readonly steps: StepList
  readonly observed: ObservedState
  readonly options: DownOptions
  readonly leaving: readonly ObservedContainer[]
  readonly staying: readonly ObservedContainer[]
  readonly removed: ReadonlyMap<ContainerId, number>
}

/** Returns why volumes are kept. An external one is none of the project's: it needs no word. */
function removeVolumes(source: VolumeRemovalSource): readonly string[] {
  const { steps, observed, options, leaving, staying, removed } = source
  const kept: string[] = []
  for (const [key, volume] of sorted(observed.volumes)) {
    const { name } = volume
    if (isExternal(volume, options) || staying.some(container => mayUse(container, key))) continue
    if (!isDeclared(volume, options)) {
      kept.push(`Volume ${name} is kept: the file does not declare it`)
      continue
    }
    const users = leaving.filter(container => mayUse(container, key))
    steps.add(
      { kind: 'remove-volume', key, name },
      {
        cause: 'down --volumes',
        origin: volumePath(key),
        dependsOn: users.flatMap(({ id }) => removed.get(id) ?? []),
        destructive: `the data in volume ${name} is removed`,
      },
    )
  }
  return kept
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

/** A container whose making is not recorded may use any volume. */
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
    `Found containers of services that the file does not declare: ${names.join(', ')}; to remove them, add --remove-orphans`,
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
