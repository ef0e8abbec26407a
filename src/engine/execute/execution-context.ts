import { networkPath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type ContainerId, type ProjectName, type ReplicaAddress, replicaLabel } from '../../model/names.ts'
import type { EngineHost } from '../engine-host.ts'
import type { Lease } from '../image/store/lease.ts'
import type { KeeperConnection } from '../keeper/keeper-client.ts'
import type { NetworkRecord } from '../network/network-record.ts'
import type { ProjectLayout, Roots } from '../state/layout.ts'
import type { ContainerEntry, NetworkEntry } from '../state/project-record.ts'
import type { RecordStore } from '../state/record-store.ts'
import type { AccountBook } from './account-book.ts'
import type { AddressBook } from './address-book.ts'
import type { AnnouncedContainers } from './announce.ts'
import type { PortBook } from './port-book.ts'
import type { Removals } from './removals.ts'
import type { SharedTask } from './shared-task.ts'

/** What the handlers of one execution share. */
export interface ExecutionContext {
  readonly roots: Roots
  readonly tag: string
  readonly project: ProjectName
  readonly layout: ProjectLayout
  readonly store: RecordStore
  readonly announced: AnnouncedContainers
  readonly signal: AbortSignal
  /** Keeps images and volumes of new containers until the record speaks of them. */
  readonly lease: Lease
  /** Starts the project's keeper where none runs. */
  readonly keeper: () => Promise<KeeperConnection>
  /** The project's keeper where one runs. */
  readonly runningKeeper: () => Promise<KeeperConnection | undefined>
  readonly host: EngineHost
  readonly accounts: AccountBook
  readonly addresses: AddressBook
  readonly ports: PortBook
  readonly removals: Removals
  /** Brings the project's nf_tables table in line with what is connected and published. */
  readonly firewall: SharedTask
  readonly onContainerStarted: () => void
  readonly warn: (message: string) => void
  /** Says that the step leaves its object as it is, and why in a few words. */
  readonly leave: (why: string) => void
  /** Says that the step is done once `gone` resolves, and has failed if it rejects. Steps behind it need not wait. */
  readonly doneWhen: (gone: Promise<void>) => void
}

/**
 * Returns the container that stands for `replica`: the one this plan creates, or else the newest.
 *
 * @throws {Error} If there is none: a plan does not start what it has not created.
 */
export function containerOf({ announced, store }: ExecutionContext, replica: ReplicaAddress): ContainerEntry {
  const announcedId = announced.get(replicaLabel(replica))
  const entries = [...store.record.containers.values()]
    .filter(({ spec }) => spec.service === replica.service && spec.number === replica.number)
    .toSorted((a, b) => b.createdAt - a.createdAt)
  const entry = entries.find(({ id }) => id === announcedId) ?? entries[0]
  if (entry === undefined)
    throw new Error(`Cannot find container ${replicaLabel(replica)}: the record has none`)
  return entry
}

/** Returns the entry of `id`, or undefined if it is gone: removing twice is no failure. */
export function entryOf({ store }: ExecutionContext, id: ContainerId): ContainerEntry | undefined {
  return store.record.containers.get(id)
}

/** Returns a network as it stands in the kernel, or undefined until its bridge was made. */
export function networkRecordOf(entry: NetworkEntry): NetworkRecord | undefined {
  const { network, bridge, subnet, gateway } = entry
  if (bridge === undefined || subnet === undefined || gateway === undefined) return undefined
  return { network, bridge, subnet, gateway }
}

/**
 * Returns network `key` of the project, which has been made.
 *
 * @throws {TcomposeError} `network` if it has not.
 */
export function requireNetwork({ store }: ExecutionContext, key: string): NetworkRecord {
  const entry = store.record.networks.get(key)
  const record = entry === undefined ? undefined : networkRecordOf(entry)
  if (record !== undefined) return record
  throw new TcomposeError('network', `Cannot use network "${key}": it was not made`, {
    hint: 'Run "tcompose up" again',
    origin: networkPath(key),
  })
}
