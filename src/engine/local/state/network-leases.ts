import { dirname } from 'node:path'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import { waitForLock } from '../../../disk/flock.ts'
import { makePrivateFolder, readRecord, removeFile, writeVolatileRecord } from '../../../disk/record-file.ts'
import { parseProjectName } from '../../../model/names.ts'
import { networkLayout, projectLayout, type Roots } from './layout.ts'
import { readProjectRecord } from './project-record.ts'

const LEASES_VERSION = 1

/** An address of a network that a container has, and the names that resolve to it there. */
export interface AddressLease {
  /** Undefined on a network without IPv4. */
  readonly ipv4Address: string | undefined
  /** @default none */
  readonly ipv6Address?: string
  readonly project: string
  /** Id of the container. */
  readonly container: string
  readonly service: string
  readonly name: string
  readonly aliases: readonly string[]
  /** The name of its service does not resolve to it. @default false */
  readonly isUnaliased?: boolean
}

interface LeaseRecord {
  readonly version: typeof LEASES_VERSION
  /** The network's real name. */
  readonly network: string
  readonly leases: readonly AddressLease[]
}

/**
 * Takes the lock of a network's leases, which is held for moments only. The kernel frees that of a process that dies.
 * Who has the locks of two projects at once takes this one last.
 */
export async function lockLeases(roots: Roots, network: string): Promise<Disposable> {
  const { lock } = networkLayout(roots, network)
  makePrivateFolder(dirname(lock))
  return await waitForLock(lock)
}

/** Returns the leases of a network, held or not; none for a network that has no record, or one that cannot be read. */
export function readLeases(roots: Roots, network: string): readonly AddressLease[] {
  const record = unlessUnreadable(() => readRecord(networkLayout(roots, network).leases, LEASES_VERSION))
  return isLeaseRecord(record) ? record.leases : []
}

/** Replaces the leases of a network. The caller holds their lock. */
export function writeLeases(roots: Roots, network: string, leases: readonly AddressLease[]): void {
  const record: LeaseRecord = { version: LEASES_VERSION, network, leases }
  writeVolatileRecord(networkLayout(roots, network).leases, record)
}

/** Removes the leases of a network that is no more, and their lock. The caller holds it. */
export function removeLeases(roots: Roots, network: string): void {
  const { lock, leases } = networkLayout(roots, network)
  removeFile(leases)
  removeFile(lock)
}

/**
 * Returns the leases that other projects hold on a network. A lease is held while the record of its project has the
 * container, so whoever was killed or removed holds none. A project whose record cannot be read holds what it has.
 */
export function leasesOfOthers(roots: Roots, network: string, project: string): readonly AddressLease[] {
  const others = readLeases(roots, network).filter(lease => lease.project !== project)
  const containers = new Map<string, ReadonlySet<string> | 'unreadable'>()
  return others.filter(lease => {
    const known = containers.get(lease.project) ?? containersOf(roots, lease.project)
    containers.set(lease.project, known)
    return known === 'unreadable' || known.has(lease.container)
  })
}

function containersOf(roots: Roots, name: string): ReadonlySet<string> | 'unreadable' {
  const project = parseProjectName(name)
  const read = () => readProjectRecord(projectLayout(roots, project).record, project)
  const record = unlessUnreadable(read)
  return record === undefined ? 'unreadable' : new Set(record.containers.keys())
}

function isLeaseRecord(record: object | undefined): record is LeaseRecord {
  return record !== undefined && 'leases' in record && Array.isArray(record.leases)
}
