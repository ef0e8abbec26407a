import type { ContainerId, ReplicaAddress } from '../../model/names.ts'
import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import { compareText } from '../canonical-json.ts'
import type { NetworkChange } from '../change.ts'
import { type ContainerNaming, containerSpec, type DesiredService, replicaAddress } from '../desired-state.ts'
import { isRunning, type Outgoing } from '../stops.ts'
import { divergence } from './divergence.ts'
import { differsInNetworksOnly, type Reattachment, reattachmentOf } from './reattachment.ts'
import type { UpOptions } from './up-options.ts'

/** What happens to a service's containers. */
export interface ServicePlan {
  readonly service: DesiredService
  readonly replicas: readonly ReplicaPlan[]
  /** Containers of surplus replicas. */
  readonly surplus: readonly Outgoing[]
}

export interface ReplicaPlan extends ReplicaAddress {
  readonly fate: Fate
  /** How its container gets other networks, which goes on running for all that. @default it keeps what it has */
  readonly reattachment?: Reattachment
  /** Further containers of the replica, unfinished or replaced, that an earlier run has left. */
  readonly leftovers: readonly Outgoing[]
}

/** What happens to one replica. */
export type Fate =
  | { readonly kind: 'create'; readonly cause: string; readonly replaces: ContainerId | undefined }
  | { readonly kind: 'recreate'; readonly container: ObservedContainer; readonly cause: string }
  | { readonly kind: 'start'; readonly container: ObservedContainer; readonly cause: string }
  /** It runs, and has to be stopped and started again. */
  | { readonly kind: 'restart'; readonly container: ObservedContainer; readonly cause: string }
  | { readonly kind: 'keep'; readonly container: ObservedContainer }

export interface ServiceContext {
  /** The containers of the service. */
  readonly containers: readonly ObservedContainer[]
  /** By label. */
  readonly images: ObservedState['images']
  /** Labels of the images that are built again. */
  readonly rebuilt: ReadonlySet<string>
  readonly options: UpOptions
  /** Returns why a container shares what its owner has no more, if it does. */
  readonly staleShare: (container: ObservedContainer) => string | undefined
  /** Containers that have to be stopped because of their network, with the reason. */
  readonly inTheWay: ReadonlyMap<ContainerId, string>
  /** By key. */
  readonly networks: ReadonlyMap<string, NetworkChange>
  readonly naming: ContainerNaming
  /** Others wait for the service to complete, so one that has ended well stays as it is. */
  readonly isJob: boolean
}

/** Compares the containers of one service with what the file wants. */
export function planService(service: DesiredService, context: ServiceContext): ServicePlan {
  if (service.oneOff !== undefined) return planOneOff(service)
  const found = [...Map.groupBy(context.containers, container => container.number)]
    .map(([number, containers]) => foundReplica({ number, containers, service, context }))
    .sort((a, b) => Number(a.isObsolete) - Number(b.isObsolete) || a.number - b.number)
  const kept = found.slice(0, service.replicas)
  const highest = Math.max(0, ...found.map(({ number }) => number))
  const missing = Array.from({ length: service.replicas - kept.length }, (_, index) => highest + 1 + index)
  const cause = found.length === 0 ? 'not found' : `scaled up to ${service.replicas}`
  const replicas: readonly ReplicaPlan[] = [
    ...kept.map(({ plan }) => plan),
    ...missing.map(number => ({
      service: service.config.name,
      number,
      fate: { kind: 'create', cause, replaces: undefined } as const,
      leftovers: [],
    })),
  ]
  return {
    service,
    replicas: replicas.toSorted((a, b) => a.number - b.number),
    surplus: found
      .slice(service.replicas)
      .flatMap(({ containers }) => containers)
      .map(container => ({ container, cause: `scaled down to ${service.replicas}` })),
  }
}

/** Nothing of the service that exists is touched. */
function planOneOff(service: DesiredService): ServicePlan {
  const fate = { kind: 'create', cause: 'one-off', replaces: undefined } as const
  return { service, replicas: [{ ...replicaAddress(service, 0), fate, leftovers: [] }], surplus: [] }
}

interface FoundReplica {
  readonly number: number
  readonly containers: readonly ObservedContainer[]
  readonly plan: ReplicaPlan
  /** Nothing of it can be kept, so it is the first to be removed when the service is scaled down. */
  readonly isObsolete: boolean
}

interface FoundReplicaSource {
  readonly number: number
  readonly containers: readonly ObservedContainer[]
  readonly service: DesiredService
  readonly context: ServiceContext
}

function foundReplica({ number, containers, service, context }: FoundReplicaSource): FoundReplica {
  const newestFirst = containers.toSorted((a, b) => b.createdAt - a.createdAt || compareText(b.id, a.id))
  const current = newestFirst.find(({ state }) => state.kind !== 'incomplete')
  const reattachment = current && reattachmentFor(current, service, context)
  const found = { current, unfinished: newestFirst[0], service, context, reattachment }
  const fate = fateOf(found)
  const leftovers = newestFirst
    .filter(container => container !== current)
    .map(container => ({
      container,
      cause: container.state.kind === 'incomplete' ? 'its creation did not finish' : 'replaced',
    }))
  return {
    number,
    containers,
    plan: {
      service: service.config.name,
      number,
      fate,
      leftovers,
      ...(reattachment && fate.kind === 'keep' && { reattachment }),
    },
    isObsolete: fate.kind === 'create' || fate.kind === 'recreate',
  }
}

/** Returns how the networks of a container change that need not be made again for them. */
function reattachmentFor(
  container: ObservedContainer,
  service: DesiredService,
  { options, naming, networks }: ServiceContext,
): Reattachment | undefined {
  if (container.spec === undefined) return undefined
  const isCurrent = container.configHash === service.configHash
  if (isCurrent || options.noRecreate) return reattachmentOf(container, container.spec, networks)
  if (!differsInNetworksOnly(container, service)) return undefined
  const spec = { ...containerSpec(naming, service, container.number), name: container.name }
  return reattachmentOf(container, spec, networks)
}

interface FateSource {
  readonly current: ObservedContainer | undefined
  readonly unfinished: ObservedContainer | undefined
  readonly service: DesiredService
  readonly context: ServiceContext
  readonly reattachment: Reattachment | undefined
}

function fateOf({ current, unfinished, service, context, reattachment }: FateSource): Fate {
  const { options, images, rebuilt, staleShare, inTheWay, isJob } = context
  if (current === undefined) {
    const replaces = options.renewAnonymousVolumes ? undefined : unfinished?.id
    return { kind: 'create', cause: 'its creation did not finish', replaces }
  }
  const cause = divergence(current, service, {
    ...{ options, images, rebuilt },
    staleShare: staleShare(current),
    isReattached: reattachment !== undefined,
  })
  if (cause !== undefined) return { kind: 'recreate', container: current, cause }
  const restartCause = reasonToRestart(current, inTheWay)
  if (restartCause !== undefined) return { kind: 'restart', container: current, cause: restartCause }
  const startCause = options.noStart ? undefined : reasonToStart(current, isJob && !options.rerun)
  return startCause === undefined
    ? { kind: 'keep', container: current }
    : { kind: 'start', container: current, cause: startCause }
}

function reasonToRestart(
  current: ObservedContainer,
  inTheWay: ServiceContext['inTheWay'],
): string | undefined {
  const cause = isRunning(current) ? inTheWay.get(current.id) : undefined
  return cause ?? (current.state.kind === 'orphaned' ? 'its keeper ended' : undefined)
}

function reasonToStart({ state }: ObservedContainer, isJob: boolean): string | undefined {
  if (state.kind === 'created') return 'not started yet'
  if (state.kind !== 'exited' || (isJob && state.exitCode === 0)) return undefined
  if (state.outOfMemory) return 'ran out of memory'
  return state.exitCode === undefined ? 'its keeper ended' : `exited with code ${state.exitCode}`
}
