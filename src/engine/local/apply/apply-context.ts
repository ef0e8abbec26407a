import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import {
  type ContainerId,
  isSameReplica,
  type ProjectName,
  type ReplicaAddress,
  replicaLabel,
} from '../../../model/names.ts'
import type { WaitReason } from '../../../model/wait-reason.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import type { Lease } from '../../../store/lease.ts'
import type { Attachment, ExecuteOptions, PrepareModel, RunProvider, ServiceFiles } from '../../engine.ts'
import type { OutputStream } from '../attach/run-on-lines.ts'
import type { StopSignals } from '../container/stop-signal.ts'
import type { UserResolver } from '../container/user-resolver.ts'
import type { EngineHost } from '../host/engine-host.ts'
import type { KnownImages } from '../image/known-images.ts'
import type { AddressAllocator } from '../network/address-allocator.ts'
import { type NetworkRecord, networkRecordOf } from '../network/network-record.ts'
import type { PortForwards } from '../network/port-forwards.ts'
import type { ProjectLayout, Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { RecordStore } from '../state/record-store.ts'
import type { AnnouncedContainers } from './announce.ts'
import type { CoalescedTask } from './coalesced-task.ts'
import type { KernelNetwork } from './kernel-network.ts'
import type { Removals } from './removals.ts'

/** What the handlers of one execution share. */
export interface ApplyContext {
  readonly roots: Roots
  readonly tag: string
  readonly project: ProjectName
  readonly layout: ProjectLayout
  readonly store: RecordStore
  readonly announced: AnnouncedContainers
  readonly signal: AbortSignal
  /** Keeps images and volumes of new containers until the record lists them. */
  readonly lease: Lease
  /** Starts the project's keeper where none runs. */
  readonly keeper: () => Promise<KeeperConnection>
  /** The project's keeper where one runs. */
  readonly runningKeeper: () => Promise<KeeperConnection | undefined>
  readonly host: EngineHost
  readonly images: KnownImages
  readonly accounts: UserResolver
  readonly stopSignals: StopSignals
  readonly addresses: AddressAllocator
  readonly ports: PortForwards
  readonly network: KernelNetwork
  readonly removals: Removals
  /** Containers that were stopped and torn down, and not started since; the promise is that of `tearDownContainer`. */
  readonly tornDown: Map<ContainerId, Promise<void>>
  /** Brings the project's nf_tables table in line with what is connected and published. */
  readonly firewall: CoalescedTask
  /** Secrets and configs. @default nobody can read them */
  readonly files?: Pick<ServiceFiles, 'read'>
  /** Who runs the command. @default not known */
  readonly caller?: ExecuteOptions['caller']
  /** @default no container is joined to the caller */
  readonly attachment?: Attachment
  /** @default no model can be set up */
  readonly prepareModel?: PrepareModel
  /** @default no provider can be run */
  readonly runProvider?: RunProvider
  /** Says that a live record is not as it was: the supervisor has to know, which may rest. */
  readonly wantSupervisor: () => void
  /** Takes a line that a hook of a container wrote. */
  readonly onHookLine: (line: HookLine) => void
  readonly warn: (message: string) => void
  /** Says why the step still waits for a container. */
  readonly noteWait: (replica: ReplicaAddress, reason: WaitReason) => void
  /** Takes what a provider says of its progress. */
  readonly onProviderInfo: (message: string) => void
  /** Says that the step leaves its object as it is, and why in a few words. */
  readonly leave: (why: string) => void
  /** Says that the step is done once `gone` resolves, and has failed if it rejects. Steps behind it need not wait. */
  readonly doneWhen: (gone: Promise<void>) => void
}

/** A line of a hook. */
export interface HookLine {
  readonly entry: ContainerEntry
  readonly stream: OutputStream
  readonly line: string
}

/**
 * Returns the container of `replica`: the one this plan creates, or else the newest that was made whole.
 *
 * @throws {Error} If there is none: a plan does not start what it has not created.
 */
export function containerOf(context: ApplyContext, replica: ReplicaAddress): ContainerEntry {
  const entry = replicaEntry(context, replica)
  if (entry === undefined)
    throw new Error(`Cannot find container ${replicaLabel(replica)}: it is not on record`)
  return entry
}

/**
 * Returns the container of `replica`: the one this plan creates, or else the newest that was made whole; undefined if there is
 * none. One whose creation was cut short may stand beside it until it is removed.
 */
export function replicaEntry(
  { announced, store }: ApplyContext,
  replica: ReplicaAddress,
): ContainerEntry | undefined {
  const announcedId = announced.get(replicaLabel(replica))
  const entries = [...store.record.containers.values()]
    .filter(({ spec }) => isSameReplica(spec, replica))
    .toSorted((a, b) => b.createdAt - a.createdAt)
  const made = entries.find(({ phase }) => phase === 'created')
  return entries.find(({ id }) => id === announcedId) ?? made ?? entries[0]
}

/** Returns the entry of `id`, or undefined if it is gone: removing twice is no failure. */
export function entryOf({ store }: ApplyContext, id: ContainerId): ContainerEntry | undefined {
  return store.record.containers.get(id)
}

/**
 * Returns network `key` of the project, which has been made.
 *
 * @throws {TcomposeError} `network` if it has not.
 */
export function requireNetwork({ store }: ApplyContext, key: string): NetworkRecord {
  const entry = store.record.networks.get(key)
  const record = entry === undefined ? undefined : networkRecordOf(entry)
  if (record !== undefined) return record
  throw new TcomposeError('network', `Cannot use network "${key}": it was not created`, {
    hint: 'Run "tcompose up" again',
    origin: networkPath(key),
  })
}
